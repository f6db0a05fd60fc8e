// The batches of a product as cuBLASLt takes them: matrices at equal distances.
#pragma once
#include <cstdint>
#include <vector>

#include "backends/shapes/gemm_shape.hpp"

namespace weft::cuda::cublaslt {

/// Kernels are launched for so many at once at most (a grid's third dimension).
inline constexpr std::int64_t most_batches = 65535;

/// Batches of one call: where the first one's matrices begin, and the steps to the next ones, in
/// elements. Those of D follow each other.
struct BatchGroup {
  std::int64_t a = 0, b = 0, d = 0, count = 1, step_a = 0, step_b = 0;
};

/// All batches in as few groups as follow from their order; where the steps are the same
/// throughout, one for each `most_batches`.
std::vector<BatchGroup> group_batches(const kernels::GemmShape& shape);

}  // namespace weft::cuda::cublaslt
