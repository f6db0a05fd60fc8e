// The product of two matrices by blocks, tile by tile through shared memory; where an element comes
// from and where a sum goes is the caller's: stored matrices, and those of a convolution, which are
// nowhere in memory.
#pragma once
#include "backends/cuda/compiler_words.hpp"
#include "backends/cuda/kernel.hpp"
#include "backends/cuda/multiply_add.hpp"

namespace weft::cuda {

/// A block makes `rows` x `columns` sums, a thread `own` x `own` of them, `depth` terms at a time.
template <int Rows, int Columns, int Depth, int Own>
struct Tile {
  static constexpr int rows = Rows, columns = Columns, depth = Depth, own = Own;
  static constexpr int threads = Rows * Columns / (Own * Own);
  static constexpr int across = Columns / Own;  ///< threads along a row
  static_assert(threads % warp_size == 0 && (Rows * Depth) % threads == 0 &&
                (Columns * Depth) % threads == 0);
};
using LargeTile = Tile<64, 64, 16, 4>;
using SmallTile = Tile<16, 16, 16, 2>;

/// Whether large tiles of the sums [m, n] of `batch` products are enough to keep half of a GPU
/// busy: small ones have half their speed.
inline bool large_tiles_fill(std::int64_t m, std::int64_t n, std::int64_t batch) {
  const auto tiles = [](std::int64_t size) { return (size + 63) / 64; };
  return tiles(m) * tiles(n) * batch >= multiprocessors / 2;
}

/// The tiles of the sums [m, n], numbered row by row.
template <class T>
struct TileGrid {
  std::int64_t m, n;
  WEFT_HD std::int64_t along_n() const { return (n + T::columns - 1) / T::columns; }
  WEFT_HD std::int64_t count() const { return (m + T::rows - 1) / T::rows * along_n(); }
  WEFT_HD std::int64_t row(std::int64_t tile) const { return tile / along_n() * T::rows; }
  WEFT_HD std::int64_t column(std::int64_t tile) const { return tile % along_n() * T::columns; }

  /// `groups` of tiles: batches, groups of a convolution, parts of a sum.
  LaunchShape launch_shape(std::int64_t groups) const {
    constexpr std::int64_t most = 1 << 20, most_groups = 65535;
    return {.blocks = static_cast<unsigned>(count() < most ? count() : most),
            .threads = T::threads,
            .blocks_z = static_cast<unsigned>(groups < most_groups ? groups : most_groups)};
  }
};

/// Which elements of a factor's tile (`size` lines of `depth` terms) a thread fetches. Neighbouring
/// threads fetch neighbouring terms, or neighbouring lines, as they are neighbours in memory.
template <int Size, class T, class F>
struct TileFetch {
  static constexpr int count = Size * T::depth / T::threads;
  using C = typename F::Value;
  typename F::Line lines[count];
  C values[count] = {};
  std::int64_t first, size;

  static __device__ int number(int e) { return static_cast<int>(threadIdx.x) + e * T::threads; }
  static __device__ int line_of(const F& f, int e) {
    return f.terms_first() ? number(e) / T::depth : number(e) % Size;
  }
  static __device__ int term_of(const F& f, int e) {
    return f.terms_first() ? number(e) % T::depth : number(e) / Size;
  }
  /// Lines first, first + 1, ... of the factor's `size`.
  __device__ TileFetch(const F& f, std::int64_t first_line, std::int64_t lines_in_all)
      : first(first_line), size(lines_in_all) {
    WEFT_UNROLL
    for (int e = 0; e < count; ++e) {
      const std::int64_t line = first + line_of(f, e);
      lines[e] = f.line(line < size ? line : 0);
    }
  }
  /// Terms k0, k0 + 1, ... below k.
  __device__ void fetch(const F& f, std::int64_t k0, std::int64_t k) {
    WEFT_UNROLL
    for (int e = 0; e < count; ++e) {
      const std::int64_t term = k0 + term_of(f, e);
      values[e] = C(0);
      if (term < k && first + line_of(f, e) < size) values[e] = f.at(lines[e], f.term(term));
    }
  }
  /// Into tile[term * pitch + line].
  __device__ void put(const F& f, C* tile, int pitch) const {
    WEFT_UNROLL
    for (int e = 0; e < count; ++e) tile[term_of(f, e) * pitch + line_of(f, e)] = values[e];
  }
};

/// Adds to sums[r][c] the terms [k0, k1) of row i0 + (thread / across) * own + r of A and column
/// j0 + (thread % across) * own + c of B, in their order. A factor has Value, Line, Term, line(i),
/// term(k), at(Line, Term) and terms_first(). All threads of the block must come here.
template <class T, class A, class B, class C>
__device__ void tile_product(const TileGrid<T>& grid, std::int64_t tile, std::int64_t k0,
                             std::int64_t k1, const A& a, const B& b, C (&sums)[T::own][T::own]) {
  // Four more than the lines: the writes of neighbouring terms meet other banks.
  constexpr int pitch_a = T::rows + 4, pitch_b = T::columns + 4;
  WEFT_SHARED(C, tile_a, T::depth * pitch_a);
  WEFT_SHARED(C, tile_b, T::depth * pitch_b);
  TileFetch<T::rows, T, A> next_a(a, grid.row(tile), grid.m);
  TileFetch<T::columns, T, B> next_b(b, grid.column(tile), grid.n);
  const int row = static_cast<int>(threadIdx.x) / T::across * T::own;
  const int column = static_cast<int>(threadIdx.x) % T::across * T::own;
  next_a.fetch(a, k0, k1);
  next_b.fetch(b, k0, k1);
  for (std::int64_t k = k0; k < k1; k += T::depth) {
    __syncthreads();  // what was there has been read
    next_a.put(a, tile_a, pitch_a);
    next_b.put(b, tile_b, pitch_b);
    __syncthreads();
    if (k + T::depth < k1) {  // on their way while this tile is multiplied
      next_a.fetch(a, k + T::depth, k1);
      next_b.fetch(b, k + T::depth, k1);
    }
    WEFT_UNROLL
    for (int t = 0; t < T::depth; ++t) {
      C x[T::own], y[T::own];
      WEFT_UNROLL
      for (int r = 0; r < T::own; ++r) x[r] = tile_a[t * pitch_a + row + r];
      WEFT_UNROLL
      for (int c = 0; c < T::own; ++c) y[c] = tile_b[t * pitch_b + column + c];
      WEFT_UNROLL
      for (int r = 0; r < T::own; ++r) {
        WEFT_UNROLL
        for (int c = 0; c < T::own; ++c) sums[r][c] = multiply_add(x[r], y[c], sums[r][c]);
      }
    }
  }
}

/// Calls f(i, j, sum) for the sums of this thread that lie inside.
template <class T, class C, class F>
__device__ void each_sum(const TileGrid<T>& grid, std::int64_t tile,
                         const C (&sums)[T::own][T::own], F&& f) {
  const std::int64_t row = grid.row(tile) + threadIdx.x / T::across * T::own;
  const std::int64_t column = grid.column(tile) + threadIdx.x % T::across * T::own;
  WEFT_UNROLL
  for (int r = 0; r < T::own; ++r) {
    WEFT_UNROLL
    for (int c = 0; c < T::own; ++c) {
      if (row + r < grid.m && column + c < grid.n) f(row + r, column + c, sums[r][c]);
    }
  }
}

/// What products of T are summed in: float32 for halves; integers wrap, without sign.
template <class T>
using ProductSum =
    std::conditional_t<is_float<T>, Compute<T>,
                       std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>>;

/// A stored factor: a line every `lead` elements and terms side by side, or the other way round.
template <class T>
struct StoredFactor {
  using Value = ProductSum<T>;
  using Line = const T*;
  using Term = std::int64_t;
  const T* data;
  std::int64_t lead;
  bool lines_apart;  ///< its lines are `lead` apart

  __device__ bool terms_first() const { return lines_apart; }
  __device__ Line line(std::int64_t i) const { return data + (lines_apart ? i * lead : i); }
  __device__ Term term(std::int64_t k) const { return lines_apart ? k : k * lead; }
  __device__ Value at(Line line, Term term) const { return static_cast<Value>(load(line[term])); }
};

}  // namespace weft::cuda
