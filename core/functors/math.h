// Scalar mathematics of the functors, for host and device, without the standard library. For float,
// exp, log, tanh, erf and what is made of them are branch-free polynomials, so that loops over them
// vectorise; for double they are libm's. Arguments out of range are put right in the result, not
// clamped before: a compiler follows constants through the polynomial, and no vector comes of it.
// Coefficients: Cephes (S. Moshier), single precision: exp, log, tanh; erf: N. Juffa. Relative
// errors: see each.
#pragma once
#include <weft/core/functors/host_device.h>

namespace weft::math {

template <class T>
inline constexpr bool is_floating = false;
template <>
inline constexpr bool is_floating<float> = true;
template <>
inline constexpr bool is_floating<double> = true;
template <class T>
inline constexpr bool is_bool = false;
template <>
inline constexpr bool is_bool<bool> = true;

WEFT_HD int bits(float x) { return __builtin_bit_cast(int, x); }
WEFT_HD float from_bits(int b) { return __builtin_bit_cast(float, b); }

WEFT_HD float nan_of(float) { return __builtin_nanf(""); }
WEFT_HD double nan_of(double) { return __builtin_nan(""); }
WEFT_HD float inf_of(float) { return __builtin_inff(); }
WEFT_HD double inf_of(double) { return __builtin_inf(); }

template <class T>
WEFT_HD T abs(T x) {
  if constexpr (is_floating<T>) {
    if constexpr (sizeof(T) == 4)
      return __builtin_fabsf(x);
    else
      return __builtin_fabs(x);
  } else {
    // Not -x: the most negative number has no opposite.
    return x < T(0) ? static_cast<T>(0ULL - static_cast<unsigned long long>(x)) : x;
  }
}
/// |x| with the sign of s.
WEFT_HD float copysign(float x, float s) { return __builtin_copysignf(x, s); }
WEFT_HD double copysign(double x, double s) { return __builtin_copysign(x, s); }

/// a * b + c, rounded once where the instruction set has such an operation (without one it would be
/// a call).
WEFT_HD float fma(float a, float b, float c) {
#if defined(__FMA__) || defined(__CUDA_ARCH__)
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

/// The larger one; NaN when one is NaN, as NumPy.
template <class T>
WEFT_HD T max(T a, T b) {
  return a > b || a != a ? a : b;
}
template <class T>
WEFT_HD T min(T a, T b) {
  return a < b || a != a ? a : b;
}

// Integers wrap around, as in NumPy; in C++ signed overflow would be undefined. The detour over 64
// or 32 bits without sign costs nothing.
template <class T>
WEFT_HD T add(T a, T b) {
  if constexpr (is_floating<T> || is_bool<T>)
    return static_cast<T>(a + b);
  else if constexpr (sizeof(T) == 8)
    return static_cast<T>(static_cast<unsigned long long>(a) + static_cast<unsigned long long>(b));
  else
    return static_cast<T>(static_cast<unsigned>(a) + static_cast<unsigned>(b));
}
template <class T>
WEFT_HD T subtract(T a, T b) {
  if constexpr (is_floating<T> || is_bool<T>)
    return static_cast<T>(a - b);
  else if constexpr (sizeof(T) == 8)
    return static_cast<T>(static_cast<unsigned long long>(a) - static_cast<unsigned long long>(b));
  else
    return static_cast<T>(static_cast<unsigned>(a) - static_cast<unsigned>(b));
}
template <class T>
WEFT_HD T multiply(T a, T b) {
  if constexpr (is_floating<T> || is_bool<T>)
    return static_cast<T>(a * b);
  else if constexpr (sizeof(T) == 8)
    return static_cast<T>(static_cast<unsigned long long>(a) * static_cast<unsigned long long>(b));
  else
    return static_cast<T>(static_cast<unsigned>(a) * static_cast<unsigned>(b));
}

/// A number of an attribute as T: to integers saturated, because the conversion of a number out of
/// range is undefined.
template <class T>
WEFT_HD T attribute(double x) {
  if constexpr (is_floating<T>) {
    return static_cast<T>(x);
  } else if constexpr (is_bool<T>) {
    return x != 0;
  } else {
    constexpr bool is_signed = T(-1) < T(0);
    constexpr T highest = static_cast<T>(~0ULL >> (64 - 8 * sizeof(T) + (is_signed ? 1 : 0)));
    constexpr T lowest = is_signed ? static_cast<T>(-highest - 1) : T(0);
    if (x <= static_cast<double>(lowest)) return lowest;
    return x >= static_cast<double>(highest) ? highest : static_cast<T>(x);
  }
}

WEFT_HD float sqrt(float x) { return WEFT_LIBM(sqrtf)(x); }
WEFT_HD double sqrt(double x) { return WEFT_LIBM(sqrt)(x); }
WEFT_HD float sin(float x) { return WEFT_LIBM(sinf)(x); }
WEFT_HD double sin(double x) { return WEFT_LIBM(sin)(x); }
WEFT_HD float cos(float x) { return WEFT_LIBM(cosf)(x); }
WEFT_HD double cos(double x) { return WEFT_LIBM(cos)(x); }
WEFT_HD float pow(float x, float y) { return WEFT_LIBM(powf)(x, y); }
WEFT_HD double pow(double x, double y) { return WEFT_LIBM(pow)(x, y); }
WEFT_HD float fmod(float x, float y) { return WEFT_LIBM(fmodf)(x, y); }
WEFT_HD double fmod(double x, double y) { return WEFT_LIBM(fmod)(x, y); }

/// The nearest integer, halves to even. Adding and taking away 2^23 (2^52) rounds so; it is
/// branch-free everywhere.
WEFT_HD float round(float x) {
  const float a = abs(x), big = 8388608.0f;
  return copysign(a < big ? (a + big) - big : a, x);
}
WEFT_HD double round(double x) {
  const double a = abs(x), big = 4503599627370496.0;
  return copysign(a < big ? (a + big) - big : a, x);
}
template <class T>
WEFT_HD T floor(T x) {
  const T r = round(x);
  return r > x ? r - T(1) : r;
}
template <class T>
WEFT_HD T ceil(T x) {
  const T r = round(x);
  return copysign(r < x ? r + T(1) : r, x);
}

/// exp(r) = 1 + r + r^2 exp_tail(r) for |r| <= log(2)/2.
WEFT_HD float exp_tail(float r) {
  float y = fma(1.9875691500e-4f, r, 1.3981999507e-3f);
  y = fma(y, r, 8.3334519073e-3f);
  y = fma(y, r, 4.1665795894e-2f);
  y = fma(y, r, 1.6666665459e-1f);
  return fma(y, r, 5.0000001201e-1f);
}
/// x = k log(2) + r; k as an integer. NaN stays NaN in r.
WEFT_HD float exp_split(float x, int& k) {
  const float magic = 12582912.0f;  // 1.5 * 2^23: the sum's low bits are round(x / log 2)
  const float t = fma(x, 1.44269504088896341f, magic);
  const float n = t - magic;
  k = static_cast<int>(static_cast<unsigned>(bits(t)) - static_cast<unsigned>(bits(magic)));
  return fma(n, 2.12194440e-4f, fma(n, -0.693359375f, x));  // log(2) in two pieces
}
/// 2^k, -126 <= k <= 127; any number for another k.
WEFT_HD float exp2_of(int k) {
  return from_bits(static_cast<int>(static_cast<unsigned>(k + 127) << 23));
}

/// Relative error below 2e-7; gradual underflow, infinity from 88.73 on.
WEFT_HD float exp(float x) {
  int k = 0;
  const float r = exp_split(x, k);
  const int half = k >> 1;  // in two steps: 2^128 and 2^-150 are no floats
  const float y = (fma(exp_tail(r), r * r, r) + 1.0f) * exp2_of(half) * exp2_of(k - half);
  const float bounded = x > 89.0f ? inf_of(x) : y;
  return x < -105.0f ? 0.0f : bounded;
}
WEFT_HD double exp(double x) { return WEFT_LIBM(exp)(x); }

/// exp(x) - 1 without cancellation. Relative error below 3e-7.
WEFT_HD float expm1(float x) {
  int k = 0;
  const float r = exp_split(x, k);
  const float scale = exp2_of(k - 1);  // half of it: 2^128 is no float
  const float y = fma(scale, fma(exp_tail(r), r * r, r), scale - 0.5f) * 2.0f;
  const float bounded = x > 89.0f ? inf_of(x) : y;
  return x < -60.0f ? -1.0f : bounded;
}
WEFT_HD double expm1(double x) { return WEFT_LIBM(expm1)(x); }

/// Absolute error below 3e-7.
WEFT_HD float erf(float x) {
  const float a = abs(x), z = x * x;
  float s = fma(-5.96761703e-4f, z, 4.99119423e-3f);
  s = fma(s, z, -2.67681349e-2f);
  s = fma(s, z, 1.12819925e-1f);
  s = fma(s, z, -3.76125336e-1f);
  s = fma(s, z, 1.28379166e-1f);
  const float small = fma(s, x, x);
  float l =
      fma(fma(-1.72853470e-5f, a, 3.83197126e-4f), z, fma(-3.88396438e-3f, a, 2.42546219e-2f));
  l = fma(l, a, -1.06777877e-1f);
  l = fma(l, a, -6.34846687e-1f);
  l = fma(l, a, -1.28717512e-1f);
  const float large = copysign(1.0f - exp(fma(l, a, -a)), x);
  return a > 0.927734375f ? large : small;
}
WEFT_HD double erf(double x) { return WEFT_LIBM(erf)(x); }

/// Relative error below 2e-7; -infinity at 0, NaN below.
WEFT_HD float log(float x) {
  const int tiny = x < 1.17549435e-38f ? 23 : 0;  // subnormal: scaled by 2^23
  const int b = bits(x * exp2_of(tiny));
  const int e = (b - bits(0.707106781186547524f)) >> 23;
  const float m = from_bits(b - static_cast<int>(static_cast<unsigned>(e) << 23)) - 1.0f;
  const float z = m * m, n = static_cast<float>(e - tiny);
  float y = fma(7.0376836292e-2f, m, -1.1514610310e-1f);
  y = fma(y, m, 1.1676998740e-1f);
  y = fma(y, m, -1.2420140846e-1f);
  y = fma(y, m, 1.4249322787e-1f);
  y = fma(y, m, -1.6668057665e-1f);
  y = fma(y, m, 2.0000714765e-1f);
  y = fma(y, m, -2.4999993993e-1f);
  y = fma(y, m, 3.3333331174e-1f);
  y = fma(y * m, z, fma(n, -2.12194440e-4f, -0.5f * z));
  y = fma(n, 0.693359375f, m + y);
  y = x == inf_of(x) ? x : y;
  y = x == 0.0f ? -inf_of(x) : y;
  return x >= 0.0f ? y : nan_of(x);
}
WEFT_HD double log(double x) { return WEFT_LIBM(log)(x); }

/// log(1 + x) with Kahan's correction of the rounding of 1 + x. Relative error below 3e-7.
WEFT_HD float log1p(float x) {
  const float u = 1.0f + x, d = u - 1.0f;
  const float correction = x > 1e8f ? 1.0f : x / d;
  return d == 0.0f ? x : log(u) * correction;
}
WEFT_HD double log1p(double x) { return WEFT_LIBM(log1p)(x); }

/// Relative error below 3e-7.
WEFT_HD float tanh(float x) {
  const float a = abs(x), z = x * x;
  float s = fma(-5.70498872745e-3f, z, 2.06390887954e-2f);
  s = fma(s, z, -5.37397155531e-2f);
  s = fma(s, z, 1.33314422036e-1f);
  s = fma(s, z, -3.33332819422e-1f);
  const float small = fma(s * z, x, x);
  int k = 0;
  const float r = exp_split(a + a, k);
  const float e = (fma(exp_tail(r), r * r, r) + 1.0f) * exp2_of(k);  // exp(2a), for a <= 40
  const float large = a > 40.0f ? 1.0f : 1.0f - 2.0f / (e + 1.0f);
  return a < 0.625f ? small : copysign(large, x);
}
WEFT_HD double tanh(double x) { return WEFT_LIBM(tanh)(x); }

/// a to the power of b. Integers by repeated squaring; a negative exponent gives the reciprocal
/// rounded to 0.
template <class T>
WEFT_HD T power(T a, T b) {
  if constexpr (is_floating<T>) {
    return b == T(2) ? a * a : pow(a, b);
  } else {
    if (b < T(0)) {
      if (a == T(1)) return T(1);
      return a == static_cast<T>(-1) ? (b % 2 != 0 ? a : T(1)) : T(0);
    }
    T result = T(1), factor = a;
    for (T n = b; n > T(0); n = static_cast<T>(n / 2)) {
      if (n % 2 != 0) result = multiply(result, factor);
      factor = multiply(factor, factor);
    }
    return result;
  }
}

}  // namespace weft::math
