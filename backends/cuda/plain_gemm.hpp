// gemm() by a kernel of our own, in any build.
#pragma once
#include "backends/cuda/gemm.hpp"

namespace weft::cuda {

/// As gemm(), without workspace.
void plain_gemm(const GemmCall& call, const void* a, const void* b, void* c, void* stream);

}  // namespace weft::cuda
