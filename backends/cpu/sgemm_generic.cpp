// sgemm for any processor, and the choice of the best one.
#define WEFT_ISA generic
#define WEFT_TARGET
#define WEFT_LANES 4
#define WEFT_FMA(a, b, c) ((a) * (b) + (c))
#include "backends/cpu/sgemm_body.hpp"

namespace weft::cpu {

std::size_t sgemm_workspace_bytes(std::int64_t n, std::int64_t k) {
  const std::int64_t columns = std::min<std::int64_t>(512, (n + 31) / 32 * 32),
                     depth = std::min<std::int64_t>(256, k);
  return static_cast<std::size_t>(columns * depth) * sizeof(float);
}

Sgemm best_sgemm() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2::sgemm;
#endif
  return generic::sgemm;
}

}  // namespace weft::cpu
