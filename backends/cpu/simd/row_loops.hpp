// Loops over a row of floats, in registers; the last ones in part.
#pragma once
#include "backends/cpu/simd/vector.hpp"

namespace weft::cpu::WEFT_ISA {

/// Calls f(load, store, place) for pieces of [0, n): load(from) is a register of from[place...],
/// with zeros behind the end; store(to, x) writes what lies before it.
template <class F>
WEFT_HD void for_pieces(long n, F f) {
  long j = 0;
  for (; j + lanes <= n; j += lanes) {
    f([j](const float* from) WEFT_INLINE_LAMBDA { return load_vector(from + j); },
      [j](float* to, Vector x) WEFT_INLINE_LAMBDA { store_vector(to + j, x); }, lanes);
  }
  const int left = static_cast<int>(n - j);
  if (left == 0) return;
  f([j, left](const float* from) WEFT_INLINE_LAMBDA { return load_some(from + j, left); },
    [j, left](float* to, Vector x) WEFT_INLINE_LAMBDA { store_some(to + j, x, left); }, left);
}

/// The first `count` lanes of x, `other` in the rest.
WEFT_HD Vector first_lanes(Vector x, int count, float other) {
  if (count == lanes) return x;
  float all[lanes];
  store_vector(all, x);
  for (int i = count; i < lanes; ++i) all[i] = other;
  return load_vector(all);
}

WEFT_HD float largest_lane(Vector x) {
  float all[lanes];
  store_vector(all, x);
  float most = all[0];
  for (int i = 1; i < lanes; ++i) most = most < all[i] ? all[i] : most;
  return most;
}

}  // namespace weft::cpu::WEFT_ISA
