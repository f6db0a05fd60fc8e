// The emulation's products: a kernel of our own.
#include "backends/cuda/plain_gemm.hpp"

namespace weft::cuda {

void gemm(const GemmCall& call, const void* a, const void* b, void* c, void*, void* stream) {
  plain_gemm(call, a, b, c, stream);
}

std::size_t gemm_workspace_bytes(const GemmCall&) { return 0; }

}  // namespace weft::cuda
