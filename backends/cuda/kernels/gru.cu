// gru and gru_grad for any attributes: a product for the inputs of all steps, then for each step a
// product and a kernel, or, where reset comes before the product, two of each. The reserve of a
// step is z, r, the candidate, the state's share of it (h U_h + b'_h, with reset_after), h; of a
// masked step only the last is used: the h that it carries.
#include "backends/cuda/recurrent_passes.hpp"

namespace weft::cuda {
namespace {

constexpr const weft::detail::CellKind& kind = weft::detail::gru_cell;
constexpr int gates = 3, blocks = 5;

/// With reset_after h is multiplied with the columns of all gates; otherwise with those of z and r.
int state_gates(const RecurrentShape& s) { return s.reset_after ? gates : 2; }

/// r h times the candidate's columns, where reset comes before the product: `rows` of them.
GateProduct candidate_product(const CellProducts& cell, std::int64_t rows) {
  GateProduct p = cell.state;
  p.rows = rows;
  p.first = 2;
  p.gates = 1;
  p.apart = false;
  return p;
}

/// Its inputs.
template <class T>
GateInputs<T> reset_inputs(const RecurrentShape& s, const KernelArgs& a, T* data,
                           std::int64_t rows) {
  const T* factors = optional_input<T>(a, s.in.recurrent_dropout);
  const std::int64_t size = s.n * s.h;
  return {data, rows * s.h, 1, factors == nullptr ? nullptr : factors + 2 * size, size};
}

/// What the kernels of a step read and write.
template <class T>
struct Step {
  Cells<T> cells;
  const T *zx, *zh;
  const T *bias, *state_bias;  ///< of x's and of h's product, or null
  CarriedStates<T> states;
  GateInputs<T> inputs, reset;
  Carried<T>* update;  ///< [N, H]: z, until the candidate is there
  T* output;           ///< [N, T, H] or null
  Carried<T>* reserve;

  __device__ Carried<T> x_part(std::int64_t n, std::int64_t time, int gate, std::int64_t j) const {
    const std::int64_t column = gate * cells.h + j;
    const Carried<T> z = load(zx[(n * cells.t + time) * gates * cells.h + column]);
    return bias == nullptr ? z : z + load(bias[column]);
  }
  __device__ Carried<T> h_part(std::int64_t n, int gate, std::int64_t j) const {
    const std::int64_t column = gate * cells.h + j;
    const Carried<T> u = load(zh[n * gates * cells.h + column]);
    return state_bias == nullptr ? u : u + load(state_bias[column]);
  }
  __device__ Carried<T> gate(std::int64_t n, std::int64_t time, int gate, std::int64_t j) const {
    return cells.gate(x_part(n, time, gate, j) + h_part(n, gate, j));
  }
  __device__ Carried<T>* kept(std::int64_t step, std::int64_t n, std::int64_t j) const {
    if (reserve == nullptr) return nullptr;
    return reserve + (step * cells.n + n) * blocks * cells.h + j;
  }
  /// The state and the output after a step that counts.
  __device__ void finish(std::int64_t i, Carried<T> z, Carried<T> candidate) const {
    const Carried<T> h = z * states.h[i] + (Carried<T>(1) - z) * candidate;
    states.h[i] = states.y[i] = h;
    inputs.write(i, i, h);
  }
  __device__ void pass_by(std::int64_t i, Carried<T>* kept) const {
    if (cells.zero_output) states.y[i] = 0;
    if (kept == nullptr) return;
    for (int block = 0; block < 4; ++block) kept[block * cells.h] = 0;
  }
  __device__ void leave(std::int64_t step, std::int64_t n, std::int64_t j, Carried<T>* kept) const {
    const std::int64_t i = n * cells.h + j;
    if (kept != nullptr) kept[4 * cells.h] = states.h[i];
    if (output != nullptr) output[(n * cells.t + step) * cells.h + j] = store<T>(states.y[i]);
  }
};

/// A step with reset_after.
template <class T>
__global__ void step_kernel(Step<T> v, std::int64_t step, std::int64_t time) {
  using C = Carried<T>;
  const Cells<T>& s = v.cells;
  for_each_unit(s.n, s.h, [&](std::int64_t n, std::int64_t j) {
    const std::int64_t i = n * s.h + j;
    C* kept = v.kept(step, n, j);
    if (s.counts(n, time)) {
      const C z = v.gate(n, time, 0, j), r = v.gate(n, time, 1, j), share = v.h_part(n, 2, j);
      const C candidate = s.active(v.x_part(n, time, 2, j) + r * share);
      v.finish(i, z, candidate);
      if (kept != nullptr) {
        kept[0] = z;
        kept[s.h] = r;
        kept[2 * s.h] = candidate;
        kept[3 * s.h] = share;
      }
    } else {
      v.pass_by(i, kept);
    }
    v.leave(step, n, j, kept);
  });
}

/// The first half of a step without reset_after: z, r, and r h as the candidate's input.
template <class T>
__global__ void reset_kernel(Step<T> v, std::int64_t step, std::int64_t time) {
  using C = Carried<T>;
  const Cells<T>& s = v.cells;
  for_each_unit(s.n, s.h, [&](std::int64_t n, std::int64_t j) {
    const std::int64_t i = n * s.h + j;
    C reset = 0;
    if (s.counts(n, time)) {
      const C r = v.gate(n, time, 1, j);
      reset = r * v.states.h[i];
      v.update[i] = v.gate(n, time, 0, j);
      if (C* kept = v.kept(step, n, j); kept != nullptr) kept[s.h] = r;
    }
    v.reset.write(i, i, reset);
  });
}

/// The second half.
template <class T>
__global__ void candidate_kernel(Step<T> v, std::int64_t step, std::int64_t time) {
  using C = Carried<T>;
  const Cells<T>& s = v.cells;
  for_each_unit(s.n, s.h, [&](std::int64_t n, std::int64_t j) {
    const std::int64_t i = n * s.h + j;
    C* kept = v.kept(step, n, j);
    if (s.counts(n, time)) {
      const C share = v.h_part(n, 2, j), z = v.update[i];
      const C candidate = s.active(v.x_part(n, time, 2, j) + share);
      v.finish(i, z, candidate);
      if (kept != nullptr) {
        kept[0] = z;
        kept[2 * s.h] = candidate;
        kept[3 * s.h] = share;
      }
    } else {
      v.pass_by(i, kept);
    }
    v.leave(step, n, j, kept);
  });
}

/// What the kernels of a step's gradient read and write.
template <class T>
struct StepBack {
  Cells<T> cells;
  const T* h0;
  const Carried<T>* reserve;
  CarriedGradients<T> gradients;
  GateInputs<T> before;   ///< h before each step, [N, T] rows
  GateInputs<T> reset;    ///< r h, [N, T] rows; without reset_after
  GateInputs<T> d_reset;  ///< its gradient in this step
  T *dz, *dz_state;       ///< [N, T] rows; the same without reset_after

  __device__ const Carried<T>* kept(std::int64_t step, std::int64_t n, std::int64_t j) const {
    return reserve + (step * cells.n + n) * blocks * cells.h + j;
  }
  __device__ Carried<T> h_before(std::int64_t step, std::int64_t n, std::int64_t j) const {
    return step == 0 ? load(h0[n * cells.h + j]) : kept(step - 1, n, j)[4 * cells.h];
  }
  /// Where the gradient of the sum of gate 0 is.
  __device__ std::int64_t row(std::int64_t n, std::int64_t time, std::int64_t j) const {
    return (n * cells.t + time) * gates * cells.h + j;
  }
};

/// The gradient of a step with reset_after; without, all but that of r and what r h sends back.
template <class T, bool after>
__global__ void step_back_kernel(StepBack<T> v, std::int64_t step, std::int64_t time) {
  using C = Carried<T>;
  const Cells<T>& s = v.cells;
  for_each_unit(s.n, s.h, [&](std::int64_t n, std::int64_t j) {
    const std::int64_t i = n * s.h + j, place = (n * s.t + time) * s.h + j;
    const bool counts = s.counts(n, time);
    const C d = v.gradients.arriving(s, n, j, step, counts), h = v.h_before(step, n, j);
    C dz = 0, dr = 0, e = 0, e_state = 0, r = 0, passing = d;
    if (counts) {
      const C* kept = v.kept(step, n, j);
      const C z = kept[0], candidate = kept[2 * s.h];
      r = kept[s.h];
      passing = d * z;
      dz = d * (h - candidate) * s.gate_slope(z);
      e = d * (C(1) - z) * s.active_slope(candidate);
      if (after) {
        e_state = e * r;
        dr = e * kept[3 * s.h] * s.gate_slope(r);
      }
    }
    const std::int64_t at = v.row(n, time, j);
    v.gradients.dh[i] = passing;
    v.before.write(place, i, h);
    v.dz[at] = store<T>(dz);
    v.dz[at + s.h] = store<T>(dr);  // without reset_after: 0 until it is known
    v.dz[at + 2 * s.h] = store<T>(e);
    if (after) {
      v.dz_state[at] = store<T>(dz);
      v.dz_state[at + s.h] = store<T>(dr);
      v.dz_state[at + 2 * s.h] = store<T>(e_state);
    } else {
      v.reset.write(place, i, r * h);
    }
  });
}

/// What is left of a step without reset_after.
template <class T>
__global__ void reset_back_kernel(StepBack<T> v, std::int64_t step, std::int64_t time) {
  using C = Carried<T>;
  const Cells<T>& s = v.cells;
  for_each_unit(s.n, s.h, [&](std::int64_t n, std::int64_t j) {
    if (!s.counts(n, time)) return;
    const std::int64_t i = n * s.h + j;
    const C r = v.kept(step, n, j)[s.h], d = v.d_reset.gathered(i, i);
    v.gradients.dh[i] += d * r;
    v.dz[v.row(n, time, j) + s.h] = store<T>(d * v.h_before(step, n, j) * s.gate_slope(r));
  });
}

template <class T>
struct Forward {
  ForwardPass<T> pass;
  GateProduct candidate;
  std::size_t reset = 0, update = 0;

  Forward(const RecurrentShape& s, DType dtype)
      : pass(s, dtype, kind, state_gates(s)), candidate(candidate_product(pass.cell, s.n)) {
    if (!s.reset_after) {
      reset = pass.pieces.template take<T>(s.n * s.h);
      update = pass.pieces.template take<Carried<T>>(s.n * s.h);
      pass.products.need(candidate.forward(pass.cell.columns));
    }
    pass.products.place(pass.pieces);
  }

  Step<T> step(const KernelArgs& a) const {
    const RecurrentShape& s = pass.s;
    const T* bias = optional_input<T>(a, s.in.bias);
    return {.cells = Cells<T>(s, a),
            .zx = piece<T>(a, pass.zx),
            .zh = piece<T>(a, pass.zh),
            .bias = bias,
            .state_bias = bias == nullptr || !s.reset_after ? nullptr : bias + pass.cell.columns,
            .states = pass.carried(a),
            .inputs = pass.state_inputs(a),
            .reset = reset_inputs<T>(s, a, piece<T>(a, reset), s.n),
            .update = piece<Carried<T>>(a, update),
            .output = s.sequences ? a.out<T>(0) : nullptr,
            .reserve = s.reserve ? a.out<Carried<T>>(2) : nullptr};
  }

  void run(const KernelArgs& a) const {
    const RecurrentShape& s = pass.s;
    const LaunchShape shape = pass.shape();
    const Step<T> v = step(a);
    pass.begin(a);
    for (std::int64_t i = 0; i < s.t; ++i) {
      pass.multiply(a);
      if (s.reset_after) {
        launch(step_kernel<T>, shape, a.stream, v, i, s.time(i));
        continue;
      }
      launch(reset_kernel<T>, shape, a.stream, v, i, s.time(i));
      pass.products.run(a, candidate.forward(pass.cell.columns), piece<T>(a, reset),
                        a.in<T>(s.in.recurrent_kernel) + candidate.begin(),
                        piece<T>(a, pass.zh) + candidate.begin());
      launch(candidate_kernel<T>, shape, a.stream, v, i, s.time(i));
    }
    pass.end(a);
  }
};

template <class T>
struct Backward {
  BackwardPass<T> pass;
  GateProduct candidate, all_candidates;
  std::size_t reset = 0, d_reset = 0;

  Backward(const RecurrentShape& s, DType dtype)
      : pass(s, dtype, kind, state_gates(s), s.reset_after),
        candidate(candidate_product(pass.cell, s.n)),
        all_candidates(candidate_product(pass.cell, s.n * s.t)) {
    if (!s.reset_after) {
      reset = pass.pieces.template take<T>(s.n * s.t * s.h);
      d_reset = pass.pieces.template take<T>(s.n * s.h);
      pass.products.need(candidate.input_gradient(s.t * pass.cell.columns));
      pass.products.need(all_candidates.kernel_gradient(pass.cell.columns));
    }
    pass.products.place(pass.pieces);
  }

  StepBack<T> step(const KernelArgs& a) const {
    const RecurrentShape& s = pass.s;
    return {.cells = Cells<T>(s, a),
            .h0 = a.in<T>(s.in.state),
            .reserve = a.in<Carried<T>>(s.in.reserve),
            .gradients = pass.carried(a),
            .before = pass.inputs_before(a),
            .reset = reset_inputs<T>(s, a, piece<T>(a, reset), s.n * s.t),
            .d_reset = reset_inputs<T>(s, a, piece<T>(a, d_reset), s.n),
            .dz = piece<T>(a, pass.dz),
            .dz_state = piece<T>(a, pass.dz_state)};
  }

  void run(const KernelArgs& a) const {
    const RecurrentShape& s = pass.s;
    const LaunchShape shape = pass.shape();
    const StepBack<T> v = step(a);
    const std::int64_t columns = pass.cell.columns, begin = candidate.begin();
    pass.begin(a);
    for (std::int64_t i = s.t; i-- > 0;) {
      const std::int64_t time = s.time(i);
      if (s.reset_after) {
        launch(step_back_kernel<T, true>, shape, a.stream, v, i, time);
      } else {
        launch(step_back_kernel<T, false>, shape, a.stream, v, i, time);
        pass.products.run(a, candidate.input_gradient(s.t * columns),
                          piece<T>(a, pass.dz) + time * columns + begin,
                          a.in<T>(s.in.recurrent_kernel) + begin, piece<T>(a, d_reset));
        launch(reset_back_kernel<T>, shape, a.stream, v, i, time);
      }
      pass.multiply(a, time);
    }
    pass.end(a);
    if (s.reset_after) return;
    T* d_kernel = a.out<T>(s.x_grad ? 3 : 2);
    pass.products.run(a, all_candidates.kernel_gradient(columns), piece<T>(a, reset),
                      piece<T>(a, pass.dz) + begin, d_kernel + begin);
  }
};

template <template <class> class Pass, bool gradient>
PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const DType dtype = r.inputs[0].dtype;
  return dispatch<Types::floating>(dtype, why_not, [&]<class T>(Type<T>) {
    const Pass<T> pass(RecurrentShape(kind, r, gradient), dtype);
    return PreparedKernel{.run = [pass](const KernelArgs& a) { pass.run(a); },
                          .workspace_bytes = pass.pass.pieces.bytes()};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_gru(KernelTable& table) {
  table.add("gru",
            {.name = "plain", .reference = true, .prepare = cuda::prepare<cuda::Forward, false>});
  table.add("gru_grad",
            {.name = "plain", .reference = true, .prepare = cuda::prepare<cuda::Backward, true>});
}

}  // namespace weft::registration
