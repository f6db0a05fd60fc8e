// Our own float32 matrix product: no start-up cost, for products that are too small to be worth
// oneDNN's. The order of the sums follows from the shape (and the instruction set) alone.
#pragma once
#include <cstddef>
#include <cstdint>

namespace weft::cpu {

/// c [m, n] = op(a) [m, k] * op(b) [k, n], all row-major and dense; transposed, a is stored [k, m]
/// and b [n, k].
struct SgemmArgs {
  std::int64_t m, n, k;
  const float* a;
  bool transpose_a;
  const float* b;
  bool transpose_b;
  float* c;
  float* workspace;  ///< sgemm_workspace_bytes, 64-byte aligned
};

std::size_t sgemm_workspace_bytes(std::int64_t n, std::int64_t k);
/// The best version for this processor.
using Sgemm = void (*)(const SgemmArgs&);
Sgemm best_sgemm();

namespace generic {
void sgemm(const SgemmArgs& args);
}
#if defined(__x86_64__)
namespace avx2 {
void sgemm(const SgemmArgs& args);
}
#endif

}  // namespace weft::cpu
