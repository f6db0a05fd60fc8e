#include "backends/cpu/simd/attention.hpp"

#include <weft/core/functors/philox.h>

#include "backends/cpu/simd/exponential.hpp"
#include "backends/cpu/simd/tile_product.hpp"

namespace weft::cpu::WEFT_ISA {
namespace {

constexpr long block_rows = 48;   // queries at once: their probabilities stay in L2
constexpr float unseen = -2e38f;  // unseen_score
constexpr float nothing = -__builtin_huge_valf();  // beyond the last key: probability 0

long padded(long n) { return (n + lanes - 1) / lanes * lanes; }

/// to [columns, padded rows] = from [rows, columns], zeros behind.
void transpose(const float* from, long row, long rows, long columns, float* to, long to_row) {
  for (long r = 0; r < rows; ++r) {
    for (long c = 0; c < columns; ++c) to[c * to_row + r] = from[r * row + c];
  }
  for (long r = rows; r < to_row; ++r) {
    for (long c = 0; c < columns; ++c) to[c * to_row + r] = 0;
  }
}

WEFT_HD float largest_of(const float* x, long n) {
  Vector m = load_vector(x);
  for (long j = lanes; j < n; j += lanes) {
    const Vector y = load_vector(x + j);
    m = m < y ? y : m;
  }
  float all[lanes];
  store_vector(all, m);
  float most = all[0];
  for (int i = 1; i < lanes; ++i) most = most < all[i] ? all[i] : most;
  return most;
}

/// Some queries of a tile: rows t0.. of `scores`, `s` keys of which any sees one, `width` with
/// padding.
struct Block {
  const AttentionTile& tile;
  long t0, rows, s, width;
  float* scores;

  bool sees(long row, long key) const {
    if (tile.causal && key > t0 + row) return false;
    return tile.mask == nullptr ||
           tile.mask[(t0 + row) * tile.mask_row + key * tile.mask_column] != 0;
  }
};

/// Scores of a row scaled, with `unseen` where the key may not be seen and nothing behind the last.
void finish_scores(const Block& b, long row) {
  float* x = b.scores + row * b.width;
  const Vector scale = all_lanes(b.tile.scale);
  for (long j = 0; j < b.width; j += lanes) store_vector(x + j, load_vector(x + j) * scale);
  if (b.tile.mask != nullptr) {
    for (long j = 0; j < b.s; ++j) x[j] = b.sees(row, j) ? x[j] : unseen;
  } else if (b.tile.causal) {
    for (long j = b.t0 + row + 1; j < b.s; ++j) x[j] = unseen;
  }
  for (long j = b.s; j < b.width; ++j) x[j] = nothing;
}

/// exp(score - largest) of a row, and their sum.
float exponentials(const Block& b, long row, float largest) {
  float* x = b.scores + row * b.width;
  const Vector m = all_lanes(largest);
  Vector sum = {};
  for (long j = 0; j < b.width; j += lanes) {
    const Vector y = exp_of_negative(load_vector(x + j) - m);
    store_vector(x + j, y);
    sum += y;
  }
  return sum_lanes(sum);
}

void scale_row(const Block& b, long row, float by) {
  float* x = b.scores + row * b.width;
  const Vector f = all_lanes(by);
  for (long j = 0; j < b.width; j += lanes) store_vector(x + j, load_vector(x + j) * f);
  if (b.tile.zero_where_masked && b.tile.mask != nullptr) {
    for (long j = 0; j < b.s; ++j) x[j] = b.sees(row, j) ? x[j] : 0.0f;
  }
}

/// x of a row of keys multiplied with what the dropout leaves of them.
void drop(const Block& b, long row, float* x) {
  const AttentionTile& t = b.tile;
  const long first = t.first + (b.t0 + row) * t.s;
  constexpr int batch = 32;
  for (long at = first / 4; at * 4 < first + b.s; at += batch) {
    unsigned word[4][batch];
    for (int i = 0; i < batch; ++i) {
      const philox::Block bits =
          philox::block(static_cast<unsigned long long>(at + i), 0, t.seed[0], t.seed[1]);
      for (int w = 0; w < 4; ++w) word[w][i] = bits.word[w];
    }
    for (int i = 0; i < 4 * batch; ++i) {
      const long j = at * 4 + i - first;
      if (j < 0 || j >= b.s) continue;
      x[j] = philox::uniform(word[i % 4][i / 4]) >= t.rate ? x[j] * t.kept : 0.0f;
    }
  }
}

/// Scores of the block from the transposed keys.
void scores_of(const Block& b, const float* kt, long kt_row) {
  multiply({.m = b.rows,
            .n = b.width,
            .k = b.tile.d,
            .a = b.tile.q + b.t0 * b.tile.d_row,
            .a_row = b.tile.d_row,
            .a_column = 1,
            .b = kt,
            .b_row = kt_row,
            .c = b.scores,
            .c_row = b.width,
            .add = false});
  for (long r = 0; r < b.rows; ++r) finish_scores(b, r);
}

/// How many keys matter to the queries t0..t0 + rows: without a mask, a causal block sees no later
/// ones.
Block block_at(const AttentionTile& tile, long t0, float* scores) {
  const long rows = tile.t - t0 < block_rows ? tile.t - t0 : block_rows;
  long s = tile.s;
  if (tile.causal && tile.mask == nullptr && t0 + rows < s) s = t0 + rows;
  return {tile, t0, rows, s, padded(s), scores};
}

void forward(const AttentionTile& tile, float* out, float* statistics) {
  const long kt_row = padded(tile.s);
  float *kt = tile.memory, *scores = kt + tile.d * kt_row;
  transpose(tile.k, tile.d_row, tile.s, tile.d, kt, kt_row);
  for (long t0 = 0; t0 < tile.t; t0 += block_rows) {
    const Block b = block_at(tile, t0, scores);
    scores_of(b, kt, kt_row);
    for (long r = 0; r < b.rows; ++r) {
      const float largest = largest_of(scores + r * b.width, b.width);
      const float scale = 1.0f / exponentials(b, r, largest);
      statistics[2 * (t0 + r)] = largest;
      statistics[2 * (t0 + r) + 1] = scale;
      scale_row(b, r, scale);
      if (tile.seed != nullptr) drop(b, r, scores + r * b.width);
    }
    multiply({.m = b.rows,
              .n = tile.e,
              .k = b.s,
              .a = scores,
              .a_row = b.width,
              .a_column = 1,
              .b = tile.v,
              .b_row = tile.e_row,
              .c = out + t0 * tile.e_row,
              .c_row = tile.e_row,
              .add = false});
  }
}

float dot(const float* a, const float* b, long n) {
  Vector sum = {};
  long j = 0;
  for (; j + lanes <= n; j += lanes)
    sum = multiply_add(load_vector(a + j), load_vector(b + j), sum);
  const int left = static_cast<int>(n - j);
  if (left > 0) sum = multiply_add(load_some(a + j, left), load_some(b + j, left), sum);
  return sum_lanes(sum);
}

/// g, the gradient of what the dropout left, becomes that of the scores before their scale.
void softmax_gradient(const Block& b, long row, const float* p, float* g, float inner) {
  const Vector m = all_lanes(inner), scale = all_lanes(b.tile.scale);
  for (long j = 0; j < b.width; j += lanes)
    store_vector(g + j, load_vector(p + j) * (load_vector(g + j) - m) * scale);
  if (b.tile.mask == nullptr) return;
  for (long j = 0; j < b.s; ++j) g[j] = b.sees(row, j) ? g[j] : 0.0f;
}

void clear(float* x, long row, long rows, long columns) {
  for (long r = 0; r < rows; ++r) {
    for (long c = 0; c < columns; ++c) x[r * row + c] = 0;
  }
}

/// Of a block: its probabilities after the dropout in its scores, and the gradients of the scores
/// in `grads`. `vt`: the transposed values.
void block_gradients(const Block& b, const AttentionGrads& g, const float* vt, long vt_row,
                     float* grads) {
  const AttentionTile& tile = b.tile;
  const float* dout = g.dout + b.t0 * tile.e_row;
  multiply({.m = b.rows,
            .n = b.width,
            .k = tile.e,
            .a = dout,
            .a_row = tile.e_row,
            .a_column = 1,
            .b = vt,
            .b_row = vt_row,
            .c = grads,
            .c_row = b.width,
            .add = false});
  for (long r = 0; r < b.rows; ++r) {
    float *p = b.scores + r * b.width, *dp = grads + r * b.width;
    exponentials(b, r, g.statistics[2 * (b.t0 + r)]);
    scale_row(b, r, g.statistics[2 * (b.t0 + r) + 1]);
    if (tile.seed != nullptr) drop(b, r, dp);
    softmax_gradient(b, r, p, dp,
                     dot(dout + r * tile.e_row, g.out + (b.t0 + r) * tile.e_row, tile.e));
    if (tile.seed != nullptr) drop(b, r, p);
  }
}

/// The block's gradient of its queries, and what it adds to those of all keys and values.
void add_sums(const Block& b, const AttentionGrads& g, const float* grads) {
  const AttentionTile& tile = b.tile;
  multiply({.m = b.rows,
            .n = tile.d,
            .k = b.s,
            .a = grads,
            .a_row = b.width,
            .a_column = 1,
            .b = tile.k,
            .b_row = tile.d_row,
            .c = g.dq + b.t0 * tile.d_row,
            .c_row = tile.d_row,
            .add = false});
  multiply({.m = b.s,
            .n = tile.d,
            .k = b.rows,
            .a = grads,
            .a_row = 1,
            .a_column = b.width,
            .b = tile.q + b.t0 * tile.d_row,
            .b_row = tile.d_row,
            .c = g.dk,
            .c_row = tile.d_row,
            .add = true});
  multiply({.m = b.s,
            .n = tile.e,
            .k = b.rows,
            .a = b.scores,
            .a_row = 1,
            .a_column = b.width,
            .b = g.dout + b.t0 * tile.e_row,
            .b_row = tile.e_row,
            .c = g.dv,
            .c_row = tile.e_row,
            .add = true});
}

void backward(const AttentionTile& tile, const AttentionGrads& g) {
  const long kt_row = padded(tile.s);
  float *kt = tile.memory, *vt = kt + tile.d * kt_row, *scores = vt + tile.e * kt_row,
        *grads = scores + block_rows * kt_row;
  transpose(tile.k, tile.d_row, tile.s, tile.d, kt, kt_row);
  transpose(tile.v, tile.e_row, tile.s, tile.e, vt, kt_row);
  clear(g.dk, tile.d_row, tile.s, tile.d);
  clear(g.dv, tile.e_row, tile.s, tile.e);
  for (long t0 = 0; t0 < tile.t; t0 += block_rows) {
    const Block b = block_at(tile, t0, scores);
    scores_of(b, kt, kt_row);
    block_gradients(b, g, vt, kt_row, grads);
    add_sums(b, g, grads);
  }
}

long forward_floats(long s, long d) { return padded(s) * (d + block_rows) + lanes; }
long backward_floats(long s, long d, long e) {
  return padded(s) * (d + e + 2 * block_rows) + lanes;
}

}  // namespace

const AttentionLoops attention_loops = {forward, backward, forward_floats, backward_floats};

}  // namespace weft::cpu::WEFT_ISA
