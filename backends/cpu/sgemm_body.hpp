// The body of sgemm, compiled once per instruction set. Before it is included:
//   WEFT_ISA         the namespace
//   WEFT_TARGET      the functions' target attribute, or nothing
//   WEFT_LANES       floats in a vector
//   WEFT_FMA(a,b,c)  a * b + c of vectors
// A tile of the result (up to 6 rows of 2 vectors) stays in registers while k runs. The b of a tile
// is packed, so that it is read in order, and reused for all rows; a is read where it is. Blocks of
// k are such that a strip of b stays in L1, blocks of m such that a stays in L2.
#include <algorithm>
#include <cstring>

#include "backends/cpu/sgemm.hpp"

namespace weft::cpu::WEFT_ISA {
namespace {

typedef float Vector __attribute__((vector_size(WEFT_LANES * 4)));
typedef float Unaligned __attribute__((vector_size(WEFT_LANES * 4), aligned(4), may_alias));

constexpr std::int64_t rows_per_tile = 6;
constexpr std::int64_t k_block = 256, m_block = 192, n_block = 512;

/// The operands of one tile: a[i * a_row + p * a_step], b[p * b_step + j].
struct Tile {
  std::int64_t k;
  const float* a;
  std::int64_t a_row, a_step;
  const float* b;
  std::int64_t b_step;
  float* c;
  std::int64_t c_row, columns;
  bool add;  ///< to what is in c
};

template <int rows, int vectors>
WEFT_TARGET void multiply_tile(const Tile& t) {
  Vector sum[rows][vectors] = {};
  // Two pointers, three rows from each: the addresses fit the processor's base + index * scale,
  // without further registers.
  const std::int64_t row = t.a_row;
  const float *upper = t.a, *lower = t.a + 3 * row, *b = t.b;
  for (std::int64_t p = 0; p < t.k; ++p, upper += t.a_step, lower += t.a_step, b += t.b_step) {
    Vector y[vectors];
    for (int v = 0; v < vectors; ++v)
      y[v] = *reinterpret_cast<const Unaligned*>(b + v * WEFT_LANES);
    for (int i = 0; i < rows; ++i) {
      const Vector x = (i < 3 ? upper[i * row] : lower[(i - 3) * row]) - Vector{};  // to every lane
      for (int v = 0; v < vectors; ++v) sum[i][v] = WEFT_FMA(x, y[v], sum[i][v]);
    }
  }
  if (t.columns == vectors * WEFT_LANES) {
    for (int i = 0; i < rows; ++i) {
      for (int v = 0; v < vectors; ++v) {
        Unaligned* c = reinterpret_cast<Unaligned*>(t.c + i * t.c_row +
                                                    v * WEFT_LANES);  // auto would forget `aligned`
        *c = t.add ? *c + sum[i][v] : sum[i][v];
      }
    }
    return;
  }
  for (int i = 0; i < rows; ++i) {
    float row[vectors * WEFT_LANES];
    std::memcpy(row, sum[i], sizeof row);
    float* c = t.c + i * t.c_row;
    for (std::int64_t j = 0; j < t.columns; ++j) c[j] = t.add ? c[j] + row[j] : row[j];
  }
}

template <int vectors>
WEFT_TARGET void multiply_rows(const Tile& t, std::int64_t rows) {
  switch (rows) {
    case 1:
      return multiply_tile<1, vectors>(t);
    case 2:
      return multiply_tile<2, vectors>(t);
    case 3:
      return multiply_tile<3, vectors>(t);
    case 4:
      return multiply_tile<4, vectors>(t);
    case 5:
      return multiply_tile<5, vectors>(t);
    default:
      return multiply_tile<6, vectors>(t);
  }
}

/// Columns j0.. of b, `width` to a strip (fewer in the last: zeros follow), rows p0..p0 + k.
WEFT_TARGET void pack_strip(const SgemmArgs& g, std::int64_t p0, std::int64_t k, std::int64_t j0,
                            std::int64_t width, float* to) {
  const std::int64_t columns = std::min(width, g.n - j0);
  if (!g.transpose_b) {
    const float* from = g.b + p0 * g.n + j0;
    for (std::int64_t p = 0; p < k; ++p, from += g.n, to += width) {
      std::int64_t j = 0;
      for (; j < columns; ++j) to[j] = from[j];
      for (; j < width; ++j) to[j] = 0;
    }
    return;
  }
  // Eight values of k at a time: the lines of `to` that are written stay in L1.
  for (std::int64_t p = 0; p < k; p += 8) {
    const std::int64_t depth = std::min<std::int64_t>(8, k - p);
    for (std::int64_t j = 0; j < width; ++j) {
      const float* from = g.b + (j0 + j) * g.k + p0 + p;
      for (std::int64_t q = 0; q < depth; ++q) to[(p + q) * width + j] = j < columns ? from[q] : 0;
    }
  }
}

/// One or two rows: b is used once, so it is read where it is; four vectors hide the latency that
/// few rows leave open.
template <int rows>
WEFT_TARGET void few_rows(const SgemmArgs& g) {
  constexpr std::int64_t width = 4 * WEFT_LANES;
  const std::int64_t a_row = g.transpose_a ? 1 : g.k, a_step = g.transpose_a ? g.m : 1;
  for (std::int64_t j = 0; j < g.n; j += width) {
    const std::int64_t columns = std::min(width, g.n - j);
    if (columns == width && !g.transpose_b) {
      multiply_tile<rows, 4>({g.k, g.a, a_row, a_step, g.b + j, g.n, g.c + j, g.n, columns, false});
      continue;
    }
    for (std::int64_t p = 0; p == 0 || p < g.k; p += k_block) {
      const std::int64_t k = std::min(k_block, g.k - p);
      pack_strip(g, p, k, j, width, g.workspace);
      multiply_tile<rows, 4>(
          {k, g.a + p * a_step, a_row, a_step, g.workspace, width, g.c + j, g.n, columns, p > 0});
    }
  }
}

/// The product for columns j0..j0 + columns and values p0..p0 + k of k.
WEFT_TARGET void multiply_block(const SgemmArgs& g, std::int64_t j0, std::int64_t columns,
                                std::int64_t p0, std::int64_t k) {
  constexpr std::int64_t width = 2 * WEFT_LANES;
  const std::int64_t a_row = g.transpose_a ? 1 : g.k, a_step = g.transpose_a ? g.m : 1;
  for (std::int64_t j = 0; j < columns; j += width)
    pack_strip(g, p0, k, j0 + j, width, g.workspace + j * k);
  for (std::int64_t i0 = 0; i0 < g.m; i0 += m_block) {
    const std::int64_t i1 = std::min(g.m, i0 + m_block);
    for (std::int64_t j = 0; j < columns; j += width) {
      for (std::int64_t i = i0; i < i1; i += rows_per_tile) {
        const Tile tile{k,
                        g.a + i * a_row + p0 * a_step,
                        a_row,
                        a_step,
                        g.workspace + j * k,
                        width,
                        g.c + i * g.n + j0 + j,
                        g.n,
                        std::min(width, columns - j),
                        p0 > 0};
        multiply_rows<2>(tile, std::min(rows_per_tile, i1 - i));
      }
    }
  }
}

}  // namespace

WEFT_TARGET void sgemm(const SgemmArgs& g) {
  if (g.m == 1) return few_rows<1>(g);
  if (g.m == 2) return few_rows<2>(g);
  for (std::int64_t j = 0; j < g.n; j += n_block) {
    for (std::int64_t p = 0; p == 0 || p < g.k; p += k_block) {
      multiply_block(g, j, std::min(n_block, g.n - j), p, std::min(k_block, g.k - p));
    }
  }
}

}  // namespace weft::cpu::WEFT_ISA
