// A register of floats in the instruction set that the file is compiled for. Every function is
// always inlined.
#pragma once
#include <weft/core/functors/host_device.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Before a loop of constant length over an array of vectors, which else would live in memory.
#if defined(__clang__)
#define WEFT_UNROLL _Pragma("clang loop unroll(full)")
#define WEFT_UNROLL_LOOP _Pragma("clang loop unroll_count(2)")
#else
#define WEFT_UNROLL _Pragma("GCC unroll 32")
#define WEFT_UNROLL_LOOP _Pragma("GCC unroll 2")
#endif
#define WEFT_INLINE_LAMBDA __attribute__((always_inline))

namespace weft::cpu::WEFT_ISA {

#if defined(__AVX512F__)
inline constexpr int lanes = 16;
#elif defined(__AVX__)
inline constexpr int lanes = 8;
#else
inline constexpr int lanes = 4;
#endif

typedef float Vector __attribute__((vector_size(lanes * 4)));
/// The same at any address, in memory of floats.
typedef float Unaligned __attribute__((vector_size(lanes * 4), aligned(4), may_alias));

WEFT_HD Vector load_vector(const float* from) { return *reinterpret_cast<const Unaligned*>(from); }
WEFT_HD void store_vector(float* to, Vector x) { *reinterpret_cast<Unaligned*>(to) = x; }
/// x in every lane.
WEFT_HD Vector all_lanes(float x) { return x - Vector{}; }

/// The functor Relu: NaN and -0 stay.
WEFT_HD Vector relu(Vector x) { return x < Vector{} ? Vector{} : x; }

/// a * b + c, rounded once where the processor can.
WEFT_HD Vector multiply_add(Vector a, Vector b, Vector c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(__FMA__)
  return _mm256_fmadd_ps(a, b, c);
#else
  return a * b + c;
#endif
}
/// The same of one number.
WEFT_HD float multiply_add(float a, float b, float c) {
#if defined(__FMA__)
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

/// The first `count` < lanes floats of memory, zeros behind them; nothing else is read.
WEFT_HD Vector load_some(const float* from, int count) {
#if defined(__AVX512F__)
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from);
#else
  float all[lanes] = {};
  int at = 0;
#if defined(__AVX__)
  if (count & 4) {
    __builtin_memcpy(all, from, 16);
    at = 4;
  }
#endif
  if (count & 2) {
    __builtin_memcpy(all + at, from + at, 8);
    at += 2;
  }
  if (count & 1) all[at] = from[at];
  return load_vector(all);
#endif
}

/// Stores the first `count` < lanes.
WEFT_HD void store_some(float* to, Vector x, int count) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), x);
#else
  float all[lanes];
  store_vector(all, x);
  int at = 0;
#if defined(__AVX__)
  if (count & 4) {
    __builtin_memcpy(to, all, 16);
    at = 4;
  }
#endif
  if (count & 2) {
    __builtin_memcpy(to + at, all + at, 8);
    at += 2;
  }
  if (count & 1) to[at] = all[at];
#endif
}

/// The sum of the lanes, by halves.
WEFT_HD float sum_lanes(Vector x) {
  float all[lanes];
  store_vector(all, x);
  for (int half = lanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) all[i] += all[i + half];
  return all[0];
}

}  // namespace weft::cpu::WEFT_ISA
