// float16 and bfloat16: two bytes each, computed in float. Conversions round to nearest, ties to
// even, as hardware does; branch-free, so that loops over them vectorise.
#pragma once
#include <weft/core/functors/host_device.h>

namespace weft {

/// IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits.
struct Float16 {
  unsigned short bits;
};
/// The upper half of a float: 1 sign, 8 exponent, 7 fraction bits.
struct BFloat16 {
  unsigned short bits;
};

WEFT_HD float to_float(BFloat16 h) {
  return __builtin_bit_cast(float, static_cast<unsigned>(h.bits) << 16);
}

WEFT_HD BFloat16 to_bfloat16(float x) {
  const unsigned b = __builtin_bit_cast(unsigned, x);
  const unsigned rounded = (b + 0x7fffu + ((b >> 16) & 1u)) >> 16;
  const unsigned quiet_nan = (b >> 16) | 0x40u;  // rounding could carry a NaN into infinity
  return {static_cast<unsigned short>(x != x ? quiet_nan : rounded)};
}

/// The float with exponent moved by 112; subnormals by the subtraction of 2^-14 as F. Giesen's
/// "half to float" does.
WEFT_HD float to_float(Float16 h) {
#if defined(__CUDA_ARCH__)
  float x;  // as one instruction, without CUDA's header in a public one
  asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(h.bits));
  return x;
#else
  const unsigned sign = static_cast<unsigned>(h.bits & 0x8000u) << 16;
  const unsigned magnitude = static_cast<unsigned>(h.bits & 0x7fffu) << 13;
  const unsigned exponent = magnitude & 0x0f800000u;
  const unsigned normal = magnitude + 0x38000000u;
  const unsigned special = magnitude + 0x70000000u;  // infinity and NaN
  const float subnormal = __builtin_bit_cast(float, magnitude + 0x38800000u) - 6.103515625e-05f;
  const unsigned b = exponent == 0x0f800000u ? special
                     : exponent == 0u        ? __builtin_bit_cast(unsigned, subnormal)
                                             : normal;
  return __builtin_bit_cast(float, b | sign);
#endif
}

WEFT_HD Float16 to_float16(float x) {
#if defined(__CUDA_ARCH__)
  const auto sign_of = static_cast<unsigned short>(__builtin_bit_cast(unsigned, x) >> 16 & 0x8000u);
  const auto nan = static_cast<unsigned short>(sign_of | 0x7e00u);  // a host's bits
  unsigned short rounded;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(rounded) : "f"(x));
  return {x != x ? nan : rounded};
#else
  const unsigned b = __builtin_bit_cast(unsigned, x);
  const unsigned sign = (b >> 16) & 0x8000u, a = b & 0x7fffffffu;
  const unsigned normal = (a - 0x38000000u + 0xfffu + ((a >> 13) & 1u)) >> 13;
  // Adding 0.5 lines the subnormal's last bit up with the float's, and rounds.
  const float lined_up = __builtin_bit_cast(float, a) + 0.5f;
  const unsigned subnormal = __builtin_bit_cast(unsigned, lined_up) - 0x3f000000u;
  const unsigned special = a > 0x7f800000u ? 0x7e00u : 0x7c00u;
  const unsigned finite = a < 0x38800000u ? subnormal : normal;
  return {static_cast<unsigned short>(sign | (a >= 0x477ff000u ? special : finite))};
#endif
}

}  // namespace weft
