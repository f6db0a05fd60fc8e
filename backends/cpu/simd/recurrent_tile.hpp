// Tiles of products that stay in registers, for the recurrent kernels. Every function is always
// inlined.
#pragma once
#include "backends/cpu/simd/recurrent.hpp"
#include "backends/cpu/simd/tiles.hpp"
#include "backends/cpu/simd/vector.hpp"

namespace weft::cpu::WEFT_ISA {

#if defined(__AVX512F__)
inline constexpr int gate_rows = 6, tile_rows = 14;
#else
inline constexpr int gate_rows = 3, tile_rows = 6;
#endif
inline constexpr int width = 2 * lanes;  // columns of a tile of the backward products

/// The first `count` floats of at most a vector, zeros behind them; nothing else is read.
WEFT_HD Vector load_upto(const float* from, Int count) {
  return count >= lanes ? load_vector(from) : load_some(from, static_cast<int>(count));
}
WEFT_HD void store_upto(float* to, Vector x, Int count) {
  if (count >= lanes) return store_vector(to, x);
  store_some(to, x, static_cast<int>(count));
}

WEFT_HD Int rounded(Int n, Int to) { return (n + to - 1) / to * to; }
WEFT_HD Int least(Int a, Int b) { return a < b ? a : b; }

/// sum[i][v] += a[i * a_row + p * a_step] b[p * vectors * lanes + v * lanes ...] for p < k.
template <int rows, int vectors>
WEFT_HD void add_products(const float* a, Int a_row, Int a_step, const float* b, Int k,
                          Vector (&sum)[rows][vectors]) {
  // A pointer for every three rows: the addresses fit the processor's base + index * scale.
  constexpr int groups = (rows + 2) / 3;
  const float* from[groups];
  for (int g = 0; g < groups; ++g) from[g] = a + 3 * g * a_row;
  WEFT_UNROLL_LOOP
  for (Int p = 0; p < k; ++p, b += vectors * lanes) {
    if constexpr (vectors == 2) {
      const Vector y0 = load_vector(b), y1 = load_vector(b + lanes);
      for (int i = 0; i < rows; ++i) {
        const Vector x = all_lanes(from[i / 3][(i % 3) * a_row]);
        sum[i][0] = multiply_add(x, y0, sum[i][0]);
        sum[i][1] = multiply_add(x, y1, sum[i][1]);
      }
    } else {
      Vector x[rows];
      for (int i = 0; i < rows; ++i) x[i] = all_lanes(from[i / 3][(i % 3) * a_row]);
      for (int v = 0; v < vectors; ++v) {
        const Vector y = load_vector(b + v * lanes);
        for (int i = 0; i < rows; ++i) sum[i][v] = multiply_add(x[i], y, sum[i][v]);
      }
    }
    for (int g = 0; g < groups; ++g) from[g] += a_step;
  }
}

}  // namespace weft::cpu::WEFT_ISA
