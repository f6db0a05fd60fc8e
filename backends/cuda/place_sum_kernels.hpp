// The kernels of place_sum.hpp.
#pragma once
#include <string>

#include "backends/cuda/compiler_words.hpp"
#include "backends/cuda/indices.hpp"
#include "backends/cuda/list_sort.hpp"

namespace weft::cuda {

/// The result is [outer, size, inner], the slices [outer, count, inner]. The indices are [count],
/// or with `own_indices`, which has one for each element of the slices, [outer, count, inner].
struct PlaceSumShape {
  std::int64_t outer = 1, size = 0, inner = 1, count = 0;
  bool own_indices = false;

  std::int64_t lists() const { return own_indices ? outer * inner : 1; }
  std::int64_t tiles() const { return (count + tile - 1) / tile; }
  /// Whether reading all indices for each element is less work than to sort.
  bool few() const { return count <= (own_indices ? 256 : 64); }
  /// Whether there are more keys than one sort takes.
  bool too_many(std::string& why_not) const {
    if (lists() * count <= most_sorted) return false;
    why_not = "only for fewer than 2^31 indices";
    return true;
  }

  static constexpr std::int64_t tile = 32;
};

namespace place_sum {

/// Integers wrap around, so their sums need no wider type.
template <class T, int N>
struct Accumulator {
  Compute<T> at[N];
  __device__ void clear() {
    for (int i = 0; i < N; ++i) at[i] = Compute<T>(0);
  }
  __device__ void add(const Vector<T, N>& x) {
    for (int i = 0; i < N; ++i) at[i] = math::add(at[i], load(x.at[i]));
  }
  __device__ void add(const Accumulator& other) {
    for (int i = 0; i < N; ++i) at[i] = math::add(at[i], other.at[i]);
  }
  __device__ void write(T* to) const {
    Vector<T, N> y;
    for (int i = 0; i < N; ++i) y.at[i] = store<T>(at[i]);
    store_vector(to, y);
  }
};

/// What the kernels know of the shape; `columns` are vectors of N elements.
struct Geometry {
  std::int64_t outer, size, columns, count, tiles;
  bool own_indices;
  IndexDivisor by_columns, by_size, by_tiles;

  Geometry(const PlaceSumShape& s, int n)
      : outer(s.outer),
        size(s.size),
        columns(s.inner / n),
        count(s.count),
        tiles(s.tiles()),
        own_indices(s.own_indices),
        by_columns(columns),
        by_size(size),
        by_tiles(tiles) {}
  /// Column k of slice i.
  WEFT_HD std::int64_t slice(std::int64_t o, std::int64_t i, std::int64_t k) const {
    return (o * count + i) * columns + k;
  }
  WEFT_HD std::int64_t result(std::int64_t o, std::int64_t place, std::int64_t k) const {
    return (o * size + place) * columns + k;
  }
  /// Where the sum of a tile is left for the end.
  WEFT_HD std::int64_t partial(std::int64_t o, std::int64_t tile, std::int64_t k) const {
    return (o * tiles + tile) * columns + k;
  }
  /// The first key of the list that column k is sorted by.
  WEFT_HD std::int64_t list(std::int64_t o, std::int64_t k) const {
    return own_indices ? (o * columns + k) * count : 0;
  }
};

/// Each element of the result reads all indices.
template <class T, int N>
__global__ void direct_kernel(Geometry v, Indices indices, IndexCheck notes, const T* slices,
                              T* y) {
  const std::int64_t total = v.outer * v.size * v.columns;
  for_each_index(math::max(total, indices.count), [&](std::int64_t e) {
    if (e < indices.count) indices.check(e, notes);
    if (e >= total) return;
    std::int64_t k = 0, place = 0;
    const std::int64_t o = v.by_size.divide(v.by_columns.divide(e, k), place);
    Accumulator<T, N> sum;
    sum.clear();
    for (std::int64_t i = 0; i < v.count; ++i) {
      const std::int64_t at = v.slice(o, i, k);
      if (indices.place(v.own_indices ? at : i) == place)
        sum.add(load_vector<Vector<T, N>>(slices + at * N));
    }
    sum.write(y + e * N);
  });
}

/// The places as keys, list by list; `size` stands for those that do not exist.
template <class Key>
__global__ void keys_kernel(PlaceSumShape s, Indices indices, IndexCheck notes, Key* keys) {
  for_each_index(indices.count, [&](std::int64_t e) {
    indices.check(e, notes);
    const std::int64_t place = indices.place(e);
    std::int64_t to = e;
    if (s.own_indices && s.inner > 1) {
      const std::int64_t k = e % s.inner, row = e / s.inner;
      to = (row / s.count * s.inner + k) * s.count + row % s.count;
    }
    keys[to] = static_cast<Key>(place < 0 ? s.size : place);
  });
}

/// Sums of tiles that are not the whole sum of a place: `carried` of one that began in a tile
/// before, `begun` of one that begins here and goes on.
template <class T, int N>
struct Partials {
  Accumulator<T, N>*carried, *begun;
};

/// A thread adds up one column of one tile of sorted slices, some of them loaded at once.
template <class T, int N>
__global__ void tiles_kernel(Geometry v, SortedKeys<std::uint32_t> sorted, const T* slices,
                             Partials<T, N> partials, T* y) {
  constexpr int batch = 4;
  for_each_index(v.outer * v.tiles * v.columns, [&](std::int64_t e) {
    std::int64_t k = 0, tile = 0;
    const std::int64_t o = v.by_tiles.divide(v.by_columns.divide(e, k), tile);
    const std::int64_t first = tile * PlaceSumShape::tile;
    const std::int64_t end = math::min(first + PlaceSumShape::tile, v.count);
    const std::uint32_t* keys = sorted.keys + v.list(o, k);
    const std::uint32_t* places = sorted.places + v.list(o, k);
    Accumulator<T, N> sum;
    sum.clear();
    std::uint32_t current = keys[first];
    bool carried = first > 0 && keys[first - 1] == current;
    const auto finish = [&](bool goes_on) {
      if (current >= v.size) return;  // no place
      if (carried)
        partials.carried[e] = sum;
      else if (goes_on)
        partials.begun[e] = sum;
      else
        sum.write(y + v.result(o, current, k) * N);
    };
    for (std::int64_t s = first; s < end; s += batch) {
      std::uint32_t key[batch];
      Vector<T, N> x[batch];
      WEFT_UNROLL
      for (int j = 0; j < batch; ++j) {
        if (s + j >= end) continue;
        key[j] = keys[s + j];
        x[j] = load_vector<Vector<T, N>>(slices + v.slice(o, places[s + j], k) * N);
      }
      WEFT_UNROLL
      for (int j = 0; j < batch; ++j) {
        if (s + j >= end) continue;
        if (key[j] != current) {
          finish(false);
          sum.clear();
          current = key[j];
          carried = false;
        }
        sum.add(x[j]);
      }
    }
    finish(end < v.count && keys[end] == current);
  });
}

inline constexpr int joining_threads = 256;

/// The sum that begins in a tile and goes on, with what the tiles behind it carried; a block to a
/// tile. Threads share the columns, and the tiles where there are few columns.
template <class T, int N>
__device__ void join(const Geometry& v, const std::uint32_t* keys, std::int64_t o,
                     std::int64_t tile, std::int64_t first_column, std::int64_t columns,
                     const Partials<T, N>& partials, T* y) {
  using Sums = Accumulator<T, N>;
  WEFT_SHARED(Sums, sums, joining_threads);
  const std::int64_t place = keys[(tile + 1) * PlaceSumShape::tile];
  int width = 1;
  while (width < columns && width < joining_threads) width *= 2;
  const int groups = joining_threads / width;
  const int own = static_cast<int>(threadIdx.x), group = own / width;
  for (std::int64_t begin = 0; begin < columns; begin += width) {
    const std::int64_t k = first_column + begin + own % width;
    const bool valid = begin + own % width < columns;
    Accumulator<T, N> sum;
    sum.clear();
    for (std::int64_t t = tile + 1 + group;
         valid && t < v.tiles && keys[t * PlaceSumShape::tile] == place; t += groups)
      sum.add(partials.carried[v.partial(o, t, k)]);
    sums[own] = sum;
    __syncthreads();
    for (int half = groups / 2; half > 0; half /= 2) {
      if (group < half) sums[own].add(sums[own + half * width]);
      __syncthreads();
    }
    if (valid && group == 0) {
      sum = partials.begun[v.partial(o, tile, k)];
      sum.add(sums[own]);
      sum.write(y + v.result(o, place, k) * N);
    }
    __syncthreads();  // all sums have been read
  }
}

template <class T, int N>
__global__ void join_kernel(Geometry v, const std::uint32_t* keys, Partials<T, N> partials, T* y) {
  const std::int64_t per_list = v.own_indices ? 1 : v.columns;
  const std::int64_t lists_of_outer = v.own_indices ? v.columns : 1;
  for_each_row(v.outer * lists_of_outer * v.tiles, [&](std::int64_t job) {
    const std::int64_t list = job / v.tiles, tile = job % v.tiles;
    const std::int64_t o = list / lists_of_outer, k = list % lists_of_outer;
    const std::int64_t first = tile * PlaceSumShape::tile, end = first + PlaceSumShape::tile;
    const std::uint32_t* own = keys + v.list(o, k);
    if (end >= v.count || own[end] >= v.size || own[end] != own[end - 1]) return;
    if (first > 0 && own[first - 1] == own[end]) return;  // it began before
    join(v, own, o, tile, k, per_list, partials, y);
  });
}

}  // namespace place_sum

}  // namespace weft::cuda
