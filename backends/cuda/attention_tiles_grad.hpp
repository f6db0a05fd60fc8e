// The gradient of attention by tiles: the probabilities are made anew from the statistics.
#pragma once
#include "backends/cuda/attention_tiles.hpp"

namespace weft::cuda {

/// inner [N, H, T] = the products of the output's rows with those of its gradient: what the
/// probabilities' gradients are held against. A warp to a row.
template <class T>
__global__ void attention_inner_kernel(AttentionShape s, const T* out, const T* d_out,
                                       float* inner) {
  const unsigned lane = threadIdx.x % warp_size;
  const std::int64_t warps = static_cast<std::int64_t>(gridDim.x) * blockDim.x / warp_size;
  std::int64_t row = (static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) / warp_size;
  for (; row < s.n * s.t * s.h; row += warps) {
    float sum = 0;
    for (std::int64_t c = lane; c < s.e; c += warp_size)
      sum = math::fma(load(out[row * s.e + c]), load(d_out[row * s.e + c]), sum);
    sum = warp_reduce(sum, Sum());
    const std::int64_t h = row % s.h, t = row / s.h % s.t, n = row / (s.h * s.t);
    if (lane == 0) inner[(n * s.h + h) * s.t + t] = sum;
  }
}

/// What the gradient's kernel reads and writes.
template <class T>
struct AttentionGradient {
  const T *q, *k, *v, *d_out;
  const float *statistics, *inner;
  T *dq, *dk, *dv;
};

/// With by_key the gradients of keys and values, of a tile of keys against all queries; otherwise
/// those of queries against all keys.
template <class T, class Tile, bool by_key>
__global__ void __launch_bounds__(Tile::threads, 2)
    attention_back_kernel(AttentionRules rules, AttentionGradient<T> v) {
  const AttentionShape& s = rules.s;
  const std::int64_t own_length = by_key ? s.s : s.t, other_length = by_key ? s.t : s.s;
  float* own_a = dynamic_shared<float>();  // q or k, and what it is multiplied with
  float *own_b = own_a + Tile::standing, *other_a = own_b + Tile::standing,
        *other_b = other_a + Tile::passing, *weights = other_b + Tile::passing;
  const std::int64_t tiles = (own_length + Tile::rows - 1) / Tile::rows;
  const auto scale = static_cast<float>(s.scale);
  for_each_row(tiles * s.n * s.h, [&](std::int64_t number) {
    const std::int64_t n = number / tiles / s.h, h = number / tiles % s.h;
    const std::int64_t first = number % tiles * Tile::rows, head = n * s.h + h;
    using In = HeadMatrix<const T>;
    const In by_query_a = In::of(v.q, n, h, s.h, s.t, s.d),
             by_key_a = In::of(v.k, n, h, s.h, s.s, s.d);
    const In by_query_b = In::of(v.d_out, n, h, s.h, s.t, s.e),
             by_key_b = In::of(v.v, n, h, s.h, s.s, s.e);
    float sums_a[Tile::own][Tile::columns] = {}, sums_b[Tile::own][Tile::columns] = {};
    __syncthreads();
    load_tile<Tile, true>(by_key ? by_key_a : by_query_a, first, own_a);
    load_tile<Tile, true>(by_key ? by_key_b : by_query_b, first, own_b);
    std::int64_t begin = 0, end = other_length;
    if (!by_key) end = keys_for<Tile>(s, first);
    if (by_key && s.causal && !s.masked) begin = first / Tile::others * Tile::others;
    for (std::int64_t at = begin; at < end; at += Tile::others) {
      __syncthreads();  // the tiles before have been read
      load_tile<Tile, false>(by_key ? by_query_a : by_key_a, at, other_a);
      load_tile<Tile, false>(by_key ? by_query_b : by_key_b, at, other_b);
      __syncthreads();
      float p[Tile::own][Tile::other] = {}, d[Tile::own][Tile::other] = {};
      multiply_tiles<Tile>(own_a, other_a, s.d, p);
      multiply_tiles<Tile>(own_b, other_b, s.e, d);
      WEFT_UNROLL
      for (int r = 0; r < Tile::own; ++r) {
        WEFT_UNROLL
        for (int c = 0; c < Tile::other; ++c) {
          const std::int64_t row = first + Tile::row() + r;
          const std::int64_t line = at + Tile::lane() + c * Tile::side;
          const std::int64_t query = by_key ? line : row, key = by_key ? row : line;
          float kept = 0, slope = 0;
          if (query < s.t && key < s.s) {
            const std::int64_t place = head * s.t + query;
            const bool sees = rules.sees(n, h, query, key);
            const float score = sees ? p[r][c] * scale : unseen_score;
            if (sees || !s.zero_where_masked) {
              const float most = v.statistics[2 * place], over = v.statistics[2 * place + 1];
              const float probability = math::exp(score - most) * over;
              const float factor = rules.factor<float>(place * s.s + key);
              kept = probability * factor;
              if (sees) slope = probability * (d[r][c] * factor - v.inner[place]) * scale;
            }
          }
          p[r][c] = kept;
          d[r][c] = slope;
        }
      }
      const std::int64_t left = other_length - at;
      const int count = static_cast<int>(left < Tile::others ? left : Tile::others);
      if (by_key) {
        put_weights<Tile>(p, weights);
        add_lines<Tile>(weights, other_b, count, sums_b);
      }
      put_weights<Tile>(d, weights);
      add_lines<Tile>(weights, other_a, count, sums_a);
    }
    using Out = HeadMatrix<T>;
    store_rows<Tile>(Out::of(by_key ? v.dk : v.dq, n, h, s.h, own_length, s.d), first, sums_a);
    if (by_key) store_rows<Tile>(Out::of(v.dv, n, h, s.h, s.s, s.e), first, sums_b);
  });
}

}  // namespace weft::cuda
