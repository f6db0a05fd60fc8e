// The way from lstm and gru to the fast float32 loops of backends/cpu/simd/recurrent.cpp.
#pragma once
#include <algorithm>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/simd/recurrent.hpp"
#include "backends/cpu/thread_pool.hpp"
#include "backends/shapes/recurrent_shape.hpp"

namespace weft::cpu {

inline bool fast_recurrent(const RecurrentShape& s, const KernelRequest& r, bool gru,
                           std::string& why_not) {
  if (!only_float32(r.inputs[0].dtype, why_not)) return false;
  if (s.in.input_dropout >= 0 || s.in.recurrent_dropout >= 0)
    why_not = "dropout factors for each gate";
  else if (gru && !s.reset_after)
    why_not = "reset_after is false";
  else
    return true;
  return false;
}

inline RecurrentJob recurrent_job(const RecurrentShape& s, bool gru) {
  RecurrentJob j = {};
  j.gru = gru;
  j.n = s.n;
  j.t = s.t;
  j.i = s.i;
  j.h = s.h;
  j.activation = s.activation;
  j.recurrent_activation = s.recurrent_activation;
  j.sequences = s.sequences;
  j.backwards = s.backwards;
  j.zero_output = s.zero_output;
  return j;
}

inline void bind(RecurrentJob& j, const RecurrentShape& s, const KernelArgs& a) {
  j.x = a.in<float>(0);
  j.h0 = a.in<float>(s.in.state);
  j.c0 = j.gru ? nullptr : a.in<float>(s.in.state + 1);
  j.kernel = a.in<float>(s.in.kernel);
  j.recurrent = a.in<float>(s.in.recurrent_kernel);
  j.bias[0] = optional_input<float>(a, s.in.bias);
  j.bias[1] = j.gru && j.bias[0] != nullptr ? j.bias[0] + 3 * s.h : nullptr;
  j.mask = optional_input<bool>(a, s.in.mask);
}

/// Floats of memory in pieces that begin at whole cache lines.
class Pieces {
 public:
  explicit Pieces(void* memory) : at_(static_cast<float*>(memory)) {}
  float* take(Int floats) {
    float* piece = at_;
    at_ += size(floats);
    return piece;
  }
  static Int size(Int floats) { return (floats + 15) / 16 * 16; }

 private:
  float* at_;
};

/// How many sequences are worth a thread of their own: some 50 microseconds, and whole tiles.
inline Int recurrent_grain(const RecurrentShape& s) {
  const Int work = std::max<Int>(1, s.t * (s.i + s.h) * 4 * s.h);
  return std::max<Int>(8, 2'000'000 / work);
}

inline PreparedKernel prepare_fast_recurrent(const weft::detail::CellKind& cell, bool gru,
                                             const KernelRequest& r, std::string& why_not) {
  const RecurrentShape s(cell, r, false);
  if (!fast_recurrent(s, r, gru, why_not)) return {};
  const RecurrentLoops& loops = recurrent_loops();
  const RecurrentJob job = recurrent_job(s, gru);
  const RecurrentSizes sizes = loops.sizes(job, 0, false);
  const Int floats =
      Pieces::size(sizes.packed) + 2 * Pieces::size(sizes.rows) + Pieces::size(sizes.cells);
  return {.run =
              [s, job, sizes, &loops](const KernelArgs& a) {
                RecurrentForward f = {};
                f.job = job;
                bind(f.job, s, a);
                f.output = a.out<float>(0);
                f.h = a.out<float>(1);
                f.c = job.gru ? nullptr : a.out<float>(2);
                f.reserve = s.reserve ? a.out<float>(job.gru ? 2 : 3) : nullptr;
                Pieces memory(a.workspace);
                f.packed = memory.take(sizes.packed);
                f.rows[0] = memory.take(sizes.rows);
                f.rows[1] = memory.take(sizes.rows);
                f.cells = memory.take(sizes.cells);
                loops.pack_forward(f.job, f.packed);
                parallel_for(s.n, recurrent_grain(s), [&](std::int64_t begin, std::int64_t end) {
                  loops.forward(f, begin, end);
                });
              },
          .workspace_bytes = static_cast<std::size_t>(floats) * sizeof(float)};
}

/// How many parts of the batch have sums of their own.
inline Int recurrent_parts(const RecurrentShape& s) {
  constexpr int deterministic_parts = 4;
  return sum_parts(s.n, recurrent_grain(s), deterministic_parts);
}

inline PreparedKernel prepare_fast_recurrent_grad(const weft::detail::CellKind& cell, bool gru,
                                                  const KernelRequest& r, std::string& why_not) {
  const RecurrentShape s(cell, r, true);
  if (!fast_recurrent(s, r, gru, why_not)) return {};
  const RecurrentLoops& loops = recurrent_loops();
  const RecurrentJob job = recurrent_job(s, gru);
  // The kernels' gradients are products over the rows of several steps: enough of them that reading
  // and writing the sums is little, few enough that they stay in L2.
  constexpr Int product_rows = 256;
  const Int parts = recurrent_parts(s), rows = std::max<Int>((s.n + parts - 1) / parts, 1);
  const Int steps = std::clamp<Int>(product_rows / rows, 1, std::max<Int>(s.t, 1));
  const RecurrentSizes sizes = loops.sizes(job, rows * steps, s.x_grad);
  const Int floats =
      Pieces::size(sizes.packed_back) + Pieces::size(sizes.states) + parts * sizes.part;
  return {.run =
              [s, job, sizes, parts, &loops](const KernelArgs& a) {
                RecurrentBackward b = {};
                b.job = job;
                bind(b.job, s, a);
                b.reserve = a.in<float>(s.in.reserve);
                b.d_output = optional_input<float>(a, s.in.d_output);
                b.d_h = optional_input<float>(a, s.in.d_state[0]);
                b.d_c = optional_input<float>(a, s.in.d_state[1]);
                int next = 0;
                b.d_x = s.x_grad ? a.out<float>(next++) : nullptr;
                b.d_h0 = a.out<float>(next++);
                b.d_c0 = job.gru ? nullptr : a.out<float>(next++);
                Pieces memory(a.workspace);
                float* packed = memory.take(sizes.packed_back);
                b.states = memory.take(sizes.states);
                float* sums = memory.take(parts * sizes.part);
                loops.pack_backward(b.job, s.x_grad, packed);
                b.packed = packed;
                parallel_for(parts, 1, [&](std::int64_t first, std::int64_t last) {
                  for (Int p = first; p < last; ++p)
                    loops.backward(b, s.n * p / parts, s.n * (p + 1) / parts, sizes.part_rows,
                                   sums + p * sizes.part);
                });
                loops.collect(b.job, sums, sizes.part, static_cast<int>(parts), a.out<float>(next),
                              a.out<float>(next + 1), s.bias ? a.out<float>(next + 2) : nullptr);
              },
          .workspace_bytes = static_cast<std::size_t>(floats) * sizeof(float)};
}

}  // namespace weft::cpu
