// Attention of one batch and head in float32, for each instruction set.
#pragma once
#include "backends/cpu/isa.hpp"

namespace weft::cpu {

struct AttentionTile {
  long t, s, d, e;    ///< queries, keys, features of query and key, of value
  long d_row, e_row;  ///< from one row of q and k, of v and the result, to the next
  const float *q, *k, *v;
  const unsigned char* mask;  ///< null: none
  long mask_row, mask_column;
  bool causal, zero_where_masked;
  float scale;
  const unsigned* seed;  ///< of the dropout; null: none
  float rate, kept;      ///< kept: what is left is multiplied with
  long first;            ///< number of the first probability among all of the op
  float* memory;         ///< forward_floats or backward_floats, 64-byte aligned
};

struct AttentionGrads {
  const float *out, *statistics, *dout;
  float *dq, *dk, *dv;
};

struct AttentionLoops {
  /// `out` has rows like v; `statistics` two numbers per query.
  void (*forward)(const AttentionTile& tile, float* out, float* statistics);
  void (*backward)(const AttentionTile& tile, const AttentionGrads& grads);
  long (*forward_floats)(long s, long d);
  long (*backward_floats)(long s, long d, long e);
};

namespace v2 {
extern const AttentionLoops attention_loops;
}
namespace v3 {
extern const AttentionLoops attention_loops;
}
namespace v4 {
extern const AttentionLoops attention_loops;
}
inline const AttentionLoops& attention_loops() {
  return choose(v2::attention_loops, v3::attention_loops, v4::attention_loops);
}

}  // namespace weft::cpu
