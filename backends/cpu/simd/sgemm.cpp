// The float32 product in tiles. A tile of the result stays in registers while k runs: 6 rows of 2
// vectors (14 with AVX-512, which has 32 registers). The b of a tile is packed into a strip that is
// read in order and stays in L1 for all rows; a is read where it is, or packed where its rows lie
// so that they would push each other out of the cache.
#include "backends/cpu/simd/sgemm.hpp"

#include "backends/cpu/simd/sgemm_pack.hpp"
#include "backends/cpu/simd/sgemv.hpp"
#include "backends/cpu/simd/tiles.hpp"
#include "backends/cpu/simd/vector.hpp"

namespace weft::cpu::WEFT_ISA {
namespace {

constexpr std::int64_t width = 2 * lanes;
#if defined(__AVX512F__)
constexpr int most_rows = 14;
#else
constexpr int most_rows = 6;
#endif

/// The operands of one tile: a[i * a_row + p * a_step], b[p * b_step + j].
struct Tile {
  std::int64_t k;
  const float* a;
  std::int64_t a_row, a_step;
  const float* b;
  std::int64_t b_step;
  float* c;
  std::int64_t c_row;
  int columns;
  bool add;           ///< to what is in c
  const float* bias;  ///< of the first column, or null
  EpilogueActivation activation;
};

template <int rows, int vectors>
WEFT_HD void sum_tile(const Tile& t, Vector (&sum)[rows][vectors]) {
  // A pointer for every three rows: the addresses fit the processor's base + index * scale.
  constexpr int groups = (rows + 2) / 3;
  const std::int64_t row = t.a_row, step = t.a_step;
  const float* a[groups];
  for (int g = 0; g < groups; ++g) a[g] = t.a + 3 * g * row;
  const float* b = t.b;
  WEFT_UNROLL_LOOP
  for (std::int64_t p = 0; p < t.k; ++p, b += t.b_step) {
    Vector y[vectors];
    WEFT_UNROLL
    for (int v = 0; v < vectors; ++v) y[v] = load_vector(b + v * lanes);
    WEFT_UNROLL
    for (int i = 0; i < rows; ++i) {
      const Vector x = all_lanes(a[i / 3][(i % 3) * row]);
      WEFT_UNROLL
      for (int v = 0; v < vectors; ++v) sum[i][v] = multiply_add(x, y[v], sum[i][v]);
    }
    WEFT_UNROLL
    for (int g = 0; g < groups; ++g) a[g] += step;
  }
}

/// Stores a tile whose last vector is not full. `sums`: its rows, `width` apart.
void finish_narrow(const Tile& t, int rows, const float* sums) {
  for (int i = 0; i < rows; ++i, sums += width) {
    for (int j = 0; j < t.columns; j += lanes) {
      const int some = t.columns - j;
      const bool full = some >= lanes;
      float* c = t.c + i * t.c_row + j;
      Vector x = load_vector(sums + j);
      if (t.add) x = (full ? load_vector(c) : load_some(c, some)) + x;
      if (t.bias != nullptr) x = x + (full ? load_vector(t.bias + j) : load_some(t.bias + j, some));
      if (t.activation == EpilogueActivation::relu) x = relu(x);
      if (full)
        store_vector(c, x);
      else
        store_some(c, x, some);
    }
  }
}

/// sigmoid and tanh of what was stored.
void activate_tile(const Tile& t, int rows) {
  if (t.activation == EpilogueActivation::none || t.activation == EpilogueActivation::relu) return;
  for (int i = 0; i < rows; ++i) {
    float* c = t.c + i * t.c_row;
    for (int j = 0; j < t.columns; ++j) c[j] = activate(t.activation, c[j]);
  }
}

template <int rows, int vectors>
void multiply_tile(const Tile& t) {
  Vector sum[rows][vectors];
  for_all<rows, vectors>([&](int i, int v) WEFT_INLINE_LAMBDA { sum[i][v] = Vector{}; });
  // c comes while the sums are made.
  WEFT_UNROLL
  for (int i = 0; i < rows; ++i) __builtin_prefetch(t.c + i * t.c_row, 1);
  sum_tile<rows, vectors>(t, sum);
  if (t.columns == vectors * lanes) {
    const auto c = [&](int i, int v) WEFT_INLINE_LAMBDA { return t.c + i * t.c_row + v * lanes; };
    if (t.add) {
      for_all<rows, vectors>(
          [&](int i, int v) WEFT_INLINE_LAMBDA { sum[i][v] = load_vector(c(i, v)) + sum[i][v]; });
    }
    if (t.bias != nullptr) {
      for_all<rows, vectors>([&](int i, int v) WEFT_INLINE_LAMBDA {
        sum[i][v] = sum[i][v] + load_vector(t.bias + v * lanes);
      });
    }
    if (t.activation == EpilogueActivation::relu) {
      for_all<rows, vectors>([&](int i, int v) WEFT_INLINE_LAMBDA { sum[i][v] = relu(sum[i][v]); });
    }
    for_all<rows, vectors>([&](int i, int v)
                               WEFT_INLINE_LAMBDA { store_vector(c(i, v), sum[i][v]); });
  } else {
    float sums[rows * width];
    for_all<rows, vectors>([&](int i, int v) WEFT_INLINE_LAMBDA {
      store_vector(sums + i * width + v * lanes, sum[i][v]);
    });
    finish_narrow(t, rows, sums);
  }
  activate_tile(t, rows);
}

template <int rows>
void choose_rows(const Tile& t, int wanted) {
  if constexpr (rows > 1) {
    if (wanted < rows) return choose_rows<rows - 1>(t, wanted);
  }
  if (t.columns > lanes)
    multiply_tile<rows, 2>(t);
  else
    multiply_tile<rows, 1>(t);
}

/// A stretch of k: where it begins and what its tiles have in common.
struct Stretch {
  const SgemmArgs& g;
  std::int64_t p0, k;
  bool first, last;

  Tile tile(std::int64_t i, std::int64_t j) const {
    return {.k = k,
            .a = g.transpose_a ? g.a + p0 * g.lda + i : g.a + i * g.lda + p0,
            .a_row = g.transpose_a ? 1 : g.lda,
            .a_step = g.transpose_a ? g.lda : 1,
            .b = nullptr,
            .b_step = width,
            .c = g.c + i * g.ldc + j,
            .c_row = g.ldc,
            .columns = static_cast<int>(g.n - j < width ? g.n - j : width),
            .add = !first || g.add,
            .bias = last && g.bias != nullptr ? g.bias + j : nullptr,
            .activation = last ? g.activation : EpilogueActivation::none};
  }
};

/// Tiles of `rows` rows from i0 on, below each other, as equal as they can be: a tile of two rows
/// would leave the multipliers waiting for their results.
void multiply_column(const Stretch& s, std::int64_t i0, std::int64_t rows, std::int64_t j,
                     const float* b, std::int64_t b_step, const float* packed_a) {
  const std::int64_t tiles = (rows + most_rows - 1) / most_rows;
  Tile tile = s.tile(0, j);
  const float* a = tile.a;
  float* c = tile.c;
  tile.b = b;
  tile.b_step = b_step;
  for (std::int64_t t = 0; t < tiles; ++t) {
    const std::int64_t begin = rows * t / tiles, end = rows * (t + 1) / tiles;
    if (packed_a != nullptr) {
      tile.a = packed_a + begin * s.k;
      tile.a_row = s.g.transpose_a ? 1 : s.k;
      tile.a_step = s.g.transpose_a ? end - begin : 1;
    } else {
      tile.a = a + (i0 + begin) * tile.a_row;
    }
    tile.c = c + (i0 + begin) * tile.c_row;
    choose_rows<most_rows>(tile, static_cast<int>(end - begin));
  }
}

/// The same tiles of a, as packed_a: one after the other, each row by row as it was, or,
/// transposed, a column of all its rows for each p.
void pack_a(const Stretch& s, std::int64_t i0, std::int64_t rows, float* to) {
  const float* a = s.tile(i0, 0).a;
  const std::int64_t tiles = (rows + most_rows - 1) / most_rows, lda = s.g.lda;
  if (!s.g.transpose_a) {
    for (std::int64_t i = 0; i < rows; ++i) copy_row(a + i * lda, s.k, to + i * s.k);
    return;
  }
  // A few p at a time: the lines that several tiles share are still in L1 for the next one.
  constexpr std::int64_t few = 4;
  for (std::int64_t p = 0; p < s.k; p += few) {
    const std::int64_t depth = s.k - p < few ? s.k - p : few;
    for (std::int64_t t = 0; t < tiles; ++t) {
      const std::int64_t begin = rows * t / tiles, size = rows * (t + 1) / tiles - begin;
      pack_columns(a + p * lda + begin, lda, size, depth, to + begin * s.k + p * size);
    }
  }
}

/// One or few tiles of rows: each strip of b is packed, and used at once. Where one tile has all
/// rows b is read where it is.
void multiply_strips(const Stretch& s) {
  const SgemmArgs& g = s.g;
  const bool in_place = g.m <= most_rows && !g.transpose_b;
  float* strip = g.workspace;
  for (std::int64_t j = 0; j < g.n; j += width) {
    const bool full = g.n - j >= width;
    if (in_place && full) {
      multiply_column(s, 0, g.m, j, g.b + s.p0 * g.ldb + j, g.ldb, nullptr);
    } else {
      pack_strip_b<width>(g, s.p0, s.k, j, strip);
      multiply_column(s, 0, g.m, j, strip, width, nullptr);
    }
  }
}

/// Many rows: b's strips of a stretch are packed first, and used for one block of rows after the
/// other.
void multiply_blocks(const Stretch& s) {
  const SgemmArgs& g = s.g;
  const bool packing_a = sgemm_packs_a(g, most_rows, width);
  float* strips = g.workspace;
  float* a = strips + sgemm_strip_floats(g, most_rows, width);
  for (std::int64_t j0 = 0; j0 < g.n; j0 += sgemm_n_block) {
    const std::int64_t j1 = g.n - j0 < sgemm_n_block ? g.n : j0 + sgemm_n_block;
    pack_strips_b<width>(g, s.p0, s.k, j0, j1, strips);
    const std::int64_t blocks = (g.m + sgemm_m_block - 1) / sgemm_m_block;
    for (std::int64_t block = 0; block < blocks; ++block) {
      const std::int64_t i0 = g.m * block / blocks, i1 = g.m * (block + 1) / blocks;
      if (packing_a) pack_a(s, i0, i1 - i0, a);
      for (std::int64_t j = j0; j < j1; j += width)
        multiply_column(s, i0, i1 - i0, j, strips + (j - j0) * s.k, width, packing_a ? a : nullptr);
    }
  }
}

void blocked(const SgemmArgs& g) {
  const std::int64_t step = sgemm_k_step(g.k);
  for (std::int64_t p0 = 0; p0 == 0 || p0 < g.k; p0 += step) {
    const std::int64_t k = g.k - p0 < step ? g.k - p0 : step;
    const Stretch s{g, p0, k, p0 == 0, p0 + k == g.k};
    if (g.m <= sgemm_m_block && !sgemm_packs_a(g, most_rows, width))
      multiply_strips(s);
    else
      multiply_blocks(s);
  }
}

}  // namespace

extern const SgemmLoops sgemm_loops = {blocked, sum_rows, dot_rows, most_rows, width};

}  // namespace weft::cpu::WEFT_ISA
