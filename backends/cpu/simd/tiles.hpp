// How results are cut into tiles that stay in registers. Every function is always inlined.
#pragma once
#include "backends/cpu/simd/vector.hpp"

namespace weft::cpu::WEFT_ISA {

/// Calls f(row, vector) for all of a tile. Unrolled: the sums must stay in registers.
template <int rows, int vectors, class F>
WEFT_HD void for_all(F&& f) {
  WEFT_UNROLL
  for (int i = 0; i < rows; ++i) {
    WEFT_UNROLL
    for (int v = 0; v < vectors; ++v) f(i, v);
  }
}

/// Calls f.template operator()<size>(first), 1 <= size <= most.
template <int most, class F>
WEFT_HD void with_size(long size, long first, const F& f) {
  if constexpr (most > 1) {
    if (size < most) return with_size<most - 1>(size, first, f);
  }
  f.template operator()<most>(first);
}

/// The same for tiles of at most `most` rows that cover begin..end-1, as equal as they can be: a
/// tile of few rows leaves the multipliers waiting for their results.
template <int most, class F>
WEFT_HD void for_tiles(long begin, long end, const F& f) {
  const long n = end - begin, tiles = (n + most - 1) / most;
  for (long t = 0; t < tiles; ++t) {
    const long first = n * t / tiles;
    with_size<most>(n * (t + 1) / tiles - first, begin + first, f);
  }
}

}  // namespace weft::cpu::WEFT_ISA
