// Products of small matrices that lie in the cache: nothing is packed, a's strides are free.
#pragma once
#include "backends/cpu/simd/tiles.hpp"
#include "backends/cpu/simd/vector.hpp"

namespace weft::cpu::WEFT_ISA {

/// c [m, n] (+)= a [m, k] * b [k, n]. Element (i, p) of a is at i * a_row + p * a_column.
struct TileProduct {
  long m, n, k;
  const float* a;
  long a_row, a_column;
  const float* b;
  long b_row;
  float* c;
  long c_row;
  bool add;
};

/// Rows i.. and `vectors` registers of columns from j on; the last register has `last` columns.
template <int rows, int vectors, bool partial>
static inline void tile(const TileProduct& g, long i, long j, int last) {
  Vector sum[rows][vectors];
  const float* a = g.a + i * g.a_row;
  const float* b = g.b + j;
  float* c = g.c + i * g.c_row + j;
  WEFT_UNROLL
  for (int r = 0; r < rows; ++r) {
    WEFT_UNROLL
    for (int v = 0; v < vectors; ++v) {
      const float* from = c + r * g.c_row + v * lanes;
      if (!g.add)
        sum[r][v] = Vector{};
      else
        sum[r][v] = partial && v == vectors - 1 ? load_some(from, last) : load_vector(from);
    }
  }
  WEFT_UNROLL_LOOP
  for (long p = 0; p < g.k; ++p, a += g.a_column, b += g.b_row) {
    Vector x[vectors];
    WEFT_UNROLL
    for (int v = 0; v < vectors; ++v)
      x[v] =
          partial && v == vectors - 1 ? load_some(b + v * lanes, last) : load_vector(b + v * lanes);
    WEFT_UNROLL
    for (int r = 0; r < rows; ++r) {
      const Vector y = all_lanes(a[r * g.a_row]);
      WEFT_UNROLL
      for (int v = 0; v < vectors; ++v) sum[r][v] = multiply_add(y, x[v], sum[r][v]);
    }
  }
  WEFT_UNROLL
  for (int r = 0; r < rows; ++r) {
    WEFT_UNROLL
    for (int v = 0; v < vectors; ++v) {
      float* to = c + r * g.c_row + v * lanes;
      if (partial && v == vectors - 1)
        store_some(to, sum[r][v], last);
      else
        store_vector(to, sum[r][v]);
    }
  }
}

#if defined(__AVX512F__)
inline constexpr int most_rows = 12;  // of 32 registers
#else
inline constexpr int most_rows = 6;  // of 16
#endif

template <int vectors, bool partial>
static void strip(const TileProduct& g, long j, int last) {
  for_tiles<most_rows>(0, g.m, [&]<int rows>(long i) WEFT_INLINE_LAMBDA {
    tile<rows, vectors, partial>(g, i, j, last);
  });
}

static void multiply(const TileProduct& g) {
  long j = 0;
  for (; j + 2 * lanes <= g.n; j += 2 * lanes) strip<2, false>(g, j, lanes);
  if (j + lanes < g.n) {
    strip<2, true>(g, j, static_cast<int>(g.n - j - lanes));
  } else if (j + lanes == g.n) {
    strip<1, false>(g, j, lanes);
  } else if (j < g.n) {
    strip<1, true>(g, j, static_cast<int>(g.n - j));
  }
}

}  // namespace weft::cpu::WEFT_ISA
