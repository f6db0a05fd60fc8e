// exp of a register of floats.
#pragma once
#include "backends/cpu/simd/vector.hpp"

namespace weft::cpu::WEFT_ISA {

typedef int IntVector __attribute__((vector_size(lanes * 4)));

/// exp(x) for x <= 0, as the softmax needs it: relative error below 2e-7; 0 below -87. The
/// polynomial is math::exp's.
WEFT_HD Vector exp_of_negative(Vector x) {
  const Vector magic = all_lanes(12582912.0f), low = all_lanes(-87.0f);
  const Vector z = x < low ? low : x;
  const Vector t = multiply_add(z, all_lanes(1.44269504088896341f), magic);
  const Vector n = t - magic;
  const Vector r =
      multiply_add(n, all_lanes(2.12194440e-4f), multiply_add(n, all_lanes(-0.693359375f), z));
  Vector y = all_lanes(1.9875691500e-4f);
  y = multiply_add(y, r, all_lanes(1.3981999507e-3f));
  y = multiply_add(y, r, all_lanes(8.3334519073e-3f));
  y = multiply_add(y, r, all_lanes(4.1665795894e-2f));
  y = multiply_add(y, r, all_lanes(1.6666665459e-1f));
  y = multiply_add(y, r, all_lanes(5.0000001201e-1f));
  y = multiply_add(y * r, r, r) + all_lanes(1.0f);
  // 2^n by the exponent's bits; magic's own low bits are 0.
  const IntVector power = ((IntVector)t << 23) + (IntVector)all_lanes(1.0f);
  const Vector whole = y * (Vector)power;
  return x < low ? Vector{} : whole;
}

}  // namespace weft::cpu::WEFT_ISA
