// Attention without its scores in memory: tiles of queries against tiles of keys, in shared memory,
// for heads of up to 128 features. All sums in float.
#pragma once
#include "backends/cuda/attention.hpp"
#include "backends/cuda/compiler_words.hpp"

namespace weft::cuda {

/// A block has a tile of `rows` of its own, against which tiles of `others` pass; 16 threads share
/// a row, a thread has Own rows and Other of the others, `side` apart. Depth: the most features.
template <int Own, int Other, int Depth>
struct AttentionTile {
  static constexpr int side = 16, threads = side * side;
  static constexpr int own = Own, other = Other, depth = Depth, columns = Depth / side;
  static constexpr int rows = side * Own, others = side * Other;
  static constexpr int pitch = rows + 4;        ///< of what is stored feature by feature
  static constexpr int line_pitch = Depth + 1;  ///< of what is stored line by line
  static constexpr int standing = Depth * pitch, passing = others * line_pitch,
                       scores = others * pitch;

  static __device__ int row() { return static_cast<int>(threadIdx.x) / side * Own; }
  static __device__ int lane() { return static_cast<int>(threadIdx.x) % side; }
};

/// Lines [first, length) of the matrix of a head, `size` numbers each, `step` apart.
template <class T>
struct HeadMatrix {
  T* data;
  std::int64_t length, size, step;

  /// Of element n and head h of [N, length, H, size].
  static __device__ HeadMatrix of(T* tensor, std::int64_t n, std::int64_t h, std::int64_t heads,
                                  std::int64_t length, std::int64_t size) {
    return {tensor + (n * length * heads + h) * size, length, size, heads * size};
  }
  __device__ float at(std::int64_t line, int column) const {
    return line < length && column < size ? load(data[line * step + column]) : 0.0f;
  }
};

/// Lines from `first` on into shared memory, zeros where there are none.
template <class Tile, bool by_feature, class T>
__device__ void load_tile(const HeadMatrix<T>& m, std::int64_t first, float* to) {
  const int lines = by_feature ? Tile::rows : Tile::others;
  const int lane = static_cast<int>(threadIdx.x) % warp_size;
  for (int line = static_cast<int>(threadIdx.x) / warp_size; line < lines;
       line += Tile::threads / warp_size) {
    for (int column = lane; column < Tile::depth; column += warp_size) {
      const int place = by_feature ? column * Tile::pitch + line : line * Tile::line_pitch + column;
      to[place] = m.at(first + line, column);
    }
  }
}

/// Own numbers side by side.
template <int Own>
__device__ __forceinline__ void load_own(const float* from, float (&to)[Own]) {
  const auto v = load_vector<Vector<float, Own>>(from);
  WEFT_UNROLL
  for (int r = 0; r < Own; ++r) to[r] = v.at[r];
}

/// sums[r][c] += the product of own row r with other line lane + 16 c.
template <class Tile>
__device__ __forceinline__ void multiply_tiles(const float* standing, const float* passing,
                                               std::int64_t size,
                                               float (&sums)[Tile::own][Tile::other]) {
  const int row = Tile::row(), lane = Tile::lane();
  for (int d = 0; d < size; ++d) {
    float x[Tile::own];
    load_own(standing + d * Tile::pitch + row, x);
    WEFT_UNROLL
    for (int c = 0; c < Tile::other; ++c) {
      const float y = passing[(lane + c * Tile::side) * Tile::line_pitch + d];
      WEFT_UNROLL
      for (int r = 0; r < Tile::own; ++r) sums[r][c] = math::fma(x[r], y, sums[r][c]);
    }
  }
}

/// sums[r][c] += over the first `count` other lines: weights[line][own row r] times column
/// lane + 16 c of the line.
template <class Tile>
__device__ __forceinline__ void add_lines(const float* weights, const float* passing, int count,
                                          float (&sums)[Tile::own][Tile::columns]) {
  const int row = Tile::row(), lane = Tile::lane();
  for (int line = 0; line < count; ++line) {
    float x[Tile::own];
    load_own(weights + line * Tile::pitch + row, x);
    WEFT_UNROLL
    for (int c = 0; c < Tile::columns; ++c) {
      const float y = passing[line * Tile::line_pitch + lane + c * Tile::side];
      WEFT_UNROLL
      for (int r = 0; r < Tile::own; ++r) sums[r][c] = math::fma(x[r], y, sums[r][c]);
    }
  }
}

/// For add_lines. A row's weights are written and read by the threads of one warp.
template <class Tile>
__device__ __forceinline__ void put_weights(const float (&weights)[Tile::own][Tile::other],
                                            float* to) {
  __syncwarp();  // what was there has been read
  WEFT_UNROLL
  for (int c = 0; c < Tile::other; ++c) {
    WEFT_UNROLL
    for (int r = 0; r < Tile::own; ++r)
      to[(Tile::lane() + c * Tile::side) * Tile::pitch + Tile::row() + r] = weights[r][c];
  }
  __syncwarp();
}

template <class Tile, class T>
__device__ void store_rows(const HeadMatrix<T>& m, std::int64_t first,
                           const float (&sums)[Tile::own][Tile::columns]) {
  WEFT_UNROLL
  for (int r = 0; r < Tile::own; ++r) {
    const std::int64_t line = first + Tile::row() + r;
    WEFT_UNROLL
    for (int c = 0; c < Tile::columns; ++c) {
      const int column = Tile::lane() + c * Tile::side;
      if (line < m.length && column < m.size) m.data[line * m.step + column] = store<T>(sums[r][c]);
    }
  }
}

/// Over the 16 threads that share a row.
template <class F>
__device__ __forceinline__ float row_reduce(float value, F combine) {
  for (int lanes = 8; lanes > 0; lanes /= 2)
    value = combine(value, __shfl_xor_sync(all_lanes, value, lanes));
  return value;
}

/// The rows of the output that a block makes so far, with the largest score of each and the sum of
/// exp(score - largest), of which every thread has a part.
template <class Tile>
struct Softmax {
  float largest[Tile::own], sum[Tile::own], out[Tile::own][Tile::columns];

  __device__ Softmax() {
    WEFT_UNROLL
    for (int r = 0; r < Tile::own; ++r) {
      largest[r] = -math::inf_of(float());
      sum[r] = 0;
      WEFT_UNROLL
      for (int c = 0; c < Tile::columns; ++c) out[r][c] = 0;
    }
  }
  /// Scores of a tile of keys (-inf: no key) become exp(score - largest).
  __device__ void add(float (&scores)[Tile::own][Tile::other]) {
    WEFT_UNROLL
    for (int r = 0; r < Tile::own; ++r) {
      float most = largest[r];
      WEFT_UNROLL
      for (int c = 0; c < Tile::other; ++c) most = math::max(most, scores[r][c]);
      most = row_reduce(most, Max());
      const float before = math::exp(largest[r] - most);
      largest[r] = most;
      sum[r] *= before;
      WEFT_UNROLL
      for (int c = 0; c < Tile::columns; ++c) out[r][c] *= before;
      WEFT_UNROLL
      for (int c = 0; c < Tile::other; ++c) {
        scores[r][c] = math::exp(scores[r][c] - most);
        sum[r] += scores[r][c];
      }
    }
  }
};

/// Keys that a tile of queries from `first` on has to look at: under the causal rule alone later
/// ones have the probability 0. (With a mask a query may see none, and all have the same.)
template <class Tile>
__device__ std::int64_t keys_for(const AttentionShape& s, std::int64_t first) {
  const std::int64_t seen = first + Tile::rows;
  return s.causal && !s.masked && seen < s.s ? seen : s.s;
}

template <class T, class Tile>
__global__ void __launch_bounds__(Tile::threads)
    attention_kernel(AttentionRules rules, const T* q, const T* k, const T* v, T* out,
                     float* statistics) {
  const AttentionShape& s = rules.s;
  float* queries = dynamic_shared<float>();
  float *keys = queries + Tile::standing, *values = keys + Tile::passing,
        *weights = values + Tile::passing;
  const std::int64_t tiles = (s.t + Tile::rows - 1) / Tile::rows;
  const auto scale = static_cast<float>(s.scale);
  for_each_row(tiles * s.n * s.h, [&](std::int64_t number) {
    const std::int64_t n = number / tiles / s.h, h = number / tiles % s.h;
    const std::int64_t first = number % tiles * Tile::rows;
    const auto k_head = HeadMatrix<const T>::of(k, n, h, s.h, s.s, s.d);
    const auto v_head = HeadMatrix<const T>::of(v, n, h, s.h, s.s, s.e);
    Softmax<Tile> rows;
    __syncthreads();
    load_tile<Tile, true>(HeadMatrix<const T>::of(q, n, h, s.h, s.t, s.d), first, queries);
    const std::int64_t last = keys_for<Tile>(s, first);
    for (std::int64_t key0 = 0; key0 < last; key0 += Tile::others) {
      __syncthreads();  // the tiles before have been read
      load_tile<Tile, false>(k_head, key0, keys);
      load_tile<Tile, false>(v_head, key0, values);
      __syncthreads();
      float scores[Tile::own][Tile::other] = {}, factors[Tile::own][Tile::other];
      multiply_tiles<Tile>(queries, keys, s.d, scores);
      WEFT_UNROLL
      for (int r = 0; r < Tile::own; ++r) {
        const std::int64_t query = first + Tile::row() + r;
        WEFT_UNROLL
        for (int c = 0; c < Tile::other; ++c) {
          const std::int64_t key = key0 + Tile::lane() + c * Tile::side;
          const bool inside = query < s.t && key < s.s;
          const bool sees = inside && rules.sees(n, h, query, key);
          scores[r][c] = sees ? scores[r][c] * scale : unseen_score;
          if (key >= s.s) scores[r][c] = -math::inf_of(float());
          factors[r][c] = 0;
          if (sees || (inside && !s.zero_where_masked))
            factors[r][c] = rules.factor<float>(rules.place(n, h, query) + key);
        }
      }
      rows.add(scores);
      WEFT_UNROLL
      for (int r = 0; r < Tile::own; ++r) {
        WEFT_UNROLL
        for (int c = 0; c < Tile::other; ++c) scores[r][c] *= factors[r][c];
      }
      put_weights<Tile>(scores, weights);
      const std::int64_t left = s.s - key0;
      add_lines<Tile>(weights, values, static_cast<int>(left < Tile::others ? left : Tile::others),
                      rows.out);
    }
    WEFT_UNROLL
    for (int r = 0; r < Tile::own; ++r) {
      const float over = 1.0f / row_reduce(rows.sum[r], Sum());
      WEFT_UNROLL
      for (int c = 0; c < Tile::columns; ++c) rows.out[r][c] *= over;
      const std::int64_t query = first + Tile::row() + r;
      if (Tile::lane() == 0 && query < s.t) {
        float* to = statistics + 2 * ((n * s.h + h) * s.t + query);
        to[0] = rows.largest[r];
        to[1] = over;
      }
    }
    store_rows<Tile>(HeadMatrix<T>::of(out, n, h, s.h, s.t, s.e), first, rows.out);
  });
}

}  // namespace weft::cuda
