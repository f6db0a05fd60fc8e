#include "benchmarks/common/peaks.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <chrono>

#include "backends/cpu/isa.hpp"

namespace weft::bench {
namespace {

void triad_plain(float* a, const float* b, const float* c, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) a[i] = b[i] + 3.0f * c[i];
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) void triad_v3(float* a, const float* b, const float* c,
                                                  std::size_t n) {
  const __m256 k = _mm256_set1_ps(3.0f);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    _mm256_storeu_ps(a + i, _mm256_fmadd_ps(k, _mm256_loadu_ps(c + i), _mm256_loadu_ps(b + i)));
  }
  triad_plain(a + i, b + i, c + i, n - i);
}

__attribute__((target("avx512f"))) void triad_v4(float* a, const float* b, const float* c,
                                                 std::size_t n) {
  const __m512 k = _mm512_set1_ps(3.0f);
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    _mm512_storeu_ps(a + i, _mm512_fmadd_ps(k, _mm512_loadu_ps(c + i), _mm512_loadu_ps(b + i)));
  }
  triad_plain(a + i, b + i, c + i, n - i);
}

volatile float sink;

// Twelve chains: more than latency times units.
__attribute__((target("avx2,fma"))) void fma_v3(long rounds) {
  __m256 x[12];
  for (int k = 0; k < 12; ++k) x[k] = _mm256_set1_ps(static_cast<float>(k));
  const __m256 a = _mm256_set1_ps(0.999f), b = _mm256_set1_ps(0.001f);
  for (long i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (int k = 0; k < 12; ++k) x[k] = _mm256_fmadd_ps(x[k], a, b);
  }
  for (int k = 1; k < 12; ++k) x[0] = _mm256_add_ps(x[0], x[k]);
  sink = _mm256_cvtss_f32(x[0]);
}

__attribute__((target("avx512f"))) void fma_v4(long rounds) {
  __m512 x[12];
  for (int k = 0; k < 12; ++k) x[k] = _mm512_set1_ps(static_cast<float>(k));
  const __m512 a = _mm512_set1_ps(0.999f), b = _mm512_set1_ps(0.001f);
  for (long i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (int k = 0; k < 12; ++k) x[k] = _mm512_fmadd_ps(x[k], a, b);
  }
  for (int k = 1; k < 12; ++k) x[0] = _mm512_add_ps(x[0], x[k]);
  sink = _mm512_cvtss_f32(x[0]);
}
#endif

/// How many operations it did.
double fma_operations(long rounds) {
#if defined(__x86_64__)
  if (cpu::isa() == cpu::Isa::v4) {
    fma_v4(rounds);
    return static_cast<double>(rounds) * 12 * 16 * 2;
  }
  if (cpu::isa() == cpu::Isa::v3) {
    fma_v3(rounds);
    return static_cast<double>(rounds) * 12 * 8 * 2;
  }
#endif
  return 0 * static_cast<double>(rounds);
}

}  // namespace

void triad(float* a, const float* b, const float* c, std::size_t n) {
#if defined(__x86_64__)
  if (cpu::isa() == cpu::Isa::v4) return triad_v4(a, b, c, n);
  if (cpu::isa() == cpu::Isa::v3) return triad_v3(a, b, c, n);
#endif
  triad_plain(a, b, c, n);
}

double peak_operations_per_second() {
  using Clock = std::chrono::steady_clock;
  double best = 0;
  for (int i = 0; i < 20; ++i) {
    const auto begin = Clock::now();
    const double operations = fma_operations(200000);
    best = std::max(best, operations / std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return best;
}

}  // namespace weft::bench
