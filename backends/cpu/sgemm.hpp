// Our own float32 matrix product: no start-up cost, strides, a bias and an activation in it. An
// element of the result is the sum over k in order, in blocks whose length follows from k (and the
// instruction set) alone: threads, strides and packing do not change a bit.
#pragma once
#include <cstddef>
#include <cstdint>

#include "backends/shapes/epilogue.hpp"

namespace weft::cpu {
using namespace kernels;

/// c [m, n] = activation(op(a) [m, k] * op(b) [k, n] (+ c) (+ bias)), all row-major; transposed, a
/// is stored [k, m] and b [n, k].
struct SgemmArgs {
  std::int64_t m, n, k;
  const float* a;
  bool transpose_a;
  const float* b;
  bool transpose_b;
  float* c;
  float* workspace;  ///< sgemm_workspace_bytes, 64-byte aligned
  // From the beginning of a row to the next one's; 0: the row is dense.
  std::int64_t lda = 0, ldb = 0, ldc = 0;
  bool add = false;             ///< to what is in c
  const float* bias = nullptr;  ///< [n], added to each row
  EpilogueActivation activation = EpilogueActivation::none;
};

/// For this product; only its shape, its transposes and its strides are looked at.
std::size_t sgemm_workspace_bytes(const SgemmArgs& shape);
/// For products of this n and k, whatever the rest: more than most need.
std::size_t sgemm_workspace_bytes(std::int64_t n, std::int64_t k);

/// The best version for this processor, on the calling thread.
using Sgemm = void (*)(const SgemmArgs&);
Sgemm best_sgemm();

/// The product on as many threads as it pays for. `workspace` has parallel_sgemm_bytes(args,
/// threads) bytes, and no more than `threads` are used.
void parallel_sgemm(const SgemmArgs& args, int threads);
std::size_t parallel_sgemm_bytes(const SgemmArgs& shape, int threads);

}  // namespace weft::cpu
