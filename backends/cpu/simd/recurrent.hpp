// The fast float32 kernels of lstm and gru, for each instruction set. Both cells are computed as
// one with four blocks of columns, each H wide: an lstm's gates i, f, c, o; a gru's z, r, the
// input's share of the candidate and the state's. Where a kernel has no such block its columns are
// zero. One product per step, [x_t, h] with both kernels below each other, is followed by the gates
// while its tile is still in L1.
#pragma once
#include "backends/cpu/isa.hpp"
#include "core/functors/gate_activation.h"

namespace weft::cpu {

using Int = long;

/// What all parts of a call share.
struct RecurrentJob {
  bool gru;
  Int n, t, i, h;
  GateActivation activation, recurrent_activation;
  bool sequences, backwards, zero_output;
  const float *x, *h0, *c0;  // [n, t, i], [n, h]
  const float *kernel, *recurrent,
      *bias[2];      // [i, gates h], [h, gates h]; bias: null, or one or two
  const bool* mask;  // [n, t] or null
  Int column_count() const { return (gru ? 3 : 4) * h; }
  /// The block of a kernel that is block b of x's or h's products; -1: none.
  int x_block(int b) const { return gru && b == 3 ? -1 : b; }
  int h_block(int b) const { return gru ? (b == 2 ? -1 : b == 3 ? 2 : b) : b; }
  Int time(Int s) const { return backwards ? t - 1 - s : s; }
};

/// Memory of a forward call; sizes by RecurrentLoops::forward_sizes.
struct RecurrentForward {
  RecurrentJob job;
  float *output, *h, *c;  // c: null for a gru
  float* reserve;         // [t, n, 5 h] or null
  float *packed, *rows[2], *cells;
};

/// Memory of a gradient; sizes by RecurrentLoops::backward_sizes. A part has its own rows and sums.
struct RecurrentBackward {
  RecurrentJob job;
  const float *reserve, *d_output, *d_h, *d_c;  // the last three: null where none flows
  float *d_x, *d_h0, *d_c0;                     // d_x, d_c0: may be null
  const float* packed;
  float* states;  // n rows: dh, dc, the output's gradient that is carried, activation(c)
};

struct RecurrentSizes {
  Int packed, rows, cells;                   // forward, in floats (rows: each of two)
  Int packed_back, states, part_rows, part;  // gradient; floats of a part's memory with part_rows
};

struct RecurrentLoops {
  RecurrentSizes (*sizes)(const RecurrentJob& job, Int most_rows_of_a_part, bool x_grad);
  void (*pack_forward)(const RecurrentJob& job, float* packed);
  /// Sequences begin..end-1, all steps.
  void (*forward)(const RecurrentForward& f, Int begin, Int end);
  void (*pack_backward)(const RecurrentJob& job, bool x_grad, float* packed);
  /// The same backwards; `part` is the memory of this part, where the sums of the kernels'
  /// gradients stay.
  void (*backward)(const RecurrentBackward& b, Int begin, Int end, Int part_rows, float* part);
  /// d_kernel, d_recurrent and d_bias (or null) from the sums of all parts, in their order.
  void (*collect)(const RecurrentJob& job, const float* parts, Int part_size, int part_count,
                  float* d_kernel, float* d_recurrent, float* d_bias);
};

namespace v2 {
extern const RecurrentLoops recurrent_loops;
}
namespace v3 {
extern const RecurrentLoops recurrent_loops;
}
namespace v4 {
extern const RecurrentLoops recurrent_loops;
}
inline const RecurrentLoops& recurrent_loops() {
  return choose(v2::recurrent_loops, v3::recurrent_loops, v4::recurrent_loops);
}

}  // namespace weft::cpu
