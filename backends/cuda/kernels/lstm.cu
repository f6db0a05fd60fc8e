// lstm and lstm_grad for any attributes: a product for the inputs of all steps, then a product and
// a kernel for each step. The reserve of a step is i, f, activation(z_c), o, c; of a masked step
// only the last two are used: the h and c that it carries.
#include "backends/cuda/recurrent_passes.hpp"

namespace weft::cuda {
namespace {

constexpr const weft::detail::CellKind& kind = weft::detail::lstm_cell;

/// What the kernel of a step reads and writes.
template <class T>
struct Step {
  Cells<T> cells;
  const T *zx, *zh, *bias;
  CarriedStates<T> states;
  GateInputs<T> inputs;
  T* output;  ///< [N, T, H] or null
  Carried<T>* reserve;
};

template <class T>
__global__ void step_kernel(Step<T> v, std::int64_t step, std::int64_t time) {
  using C = Carried<T>;
  const Cells<T>& s = v.cells;
  for_each_unit(s.n, s.h, [&](std::int64_t n, std::int64_t j) {
    const std::int64_t i = n * s.h + j;
    C h = v.states.h[i], c = v.states.c[i], y = v.states.y[i];
    C* kept = v.reserve == nullptr ? nullptr : v.reserve + (step * s.n + n) * 5 * s.h + j;
    if (s.counts(n, time)) {
      const T *zx = v.zx + (n * s.t + time) * 4 * s.h + j, *zh = v.zh + n * 4 * s.h + j;
      const auto sum = [&](int gate) {
        const C z = load(zx[gate * s.h]) + load(zh[gate * s.h]);
        return v.bias == nullptr ? z : z + load(v.bias[gate * s.h + j]);
      };
      const C in = s.gate(sum(0)), forget = s.gate(sum(1)), candidate = s.active(sum(2)),
              out = s.gate(sum(3));
      c = forget * c + in * candidate;
      y = h = out * s.active(c);
      if (kept != nullptr) {
        kept[0] = in;
        kept[s.h] = forget;
        kept[2 * s.h] = candidate;
        kept[3 * s.h] = out;
      }
      v.states.h[i] = h;
      v.states.c[i] = c;
      v.inputs.write(i, i, h);
    } else {
      if (s.zero_output) y = 0;
      if (kept != nullptr) {
        for (int block = 0; block < 3; ++block) kept[block * s.h] = 0;
        kept[3 * s.h] = h;
      }
    }
    if (kept != nullptr) kept[4 * s.h] = c;
    v.states.y[i] = y;
    if (v.output != nullptr) v.output[(n * s.t + step) * s.h + j] = store<T>(y);
  });
}

/// What the kernel of a step's gradient reads and writes.
template <class T>
struct StepBack {
  Cells<T> cells;
  const T *h0, *c0;
  const Carried<T>* reserve;
  CarriedGradients<T> gradients;
  GateInputs<T> before;
  T* dz;

  __device__ const Carried<T>* kept(std::int64_t step, std::int64_t n, std::int64_t j) const {
    return reserve + (step * cells.n + n) * 5 * cells.h + j;
  }
};

/// `time_before`: of the step before, if there is one.
template <class T>
__global__ void step_back_kernel(StepBack<T> v, std::int64_t step, std::int64_t time,
                                 std::int64_t time_before) {
  using C = Carried<T>;
  const Cells<T>& s = v.cells;
  for_each_unit(s.n, s.h, [&](std::int64_t n, std::int64_t j) {
    const std::int64_t i = n * s.h + j, row = n * s.t + time;
    const bool counts = s.counts(n, time);
    const C dh = v.gradients.arriving(s, n, j, step, counts);
    T* dz = v.dz + row * 4 * s.h + j;
    C h_before, c_before;
    if (step == 0) {
      h_before = load(v.h0[i]);
      c_before = load(v.c0[i]);
    } else {
      const C* last = v.kept(step - 1, n, j);
      c_before = last[4 * s.h];
      h_before = last[3 * s.h];
      if (s.counts(n, time_before)) h_before *= s.active(c_before);
    }
    v.before.write(row * s.h + j, i, h_before);
    if (!counts) {
      v.gradients.dh[i] = dh;
      for (int gate = 0; gate < 4; ++gate) dz[gate * s.h] = store<T>(C(0));
      return;
    }
    const C* kept = v.kept(step, n, j);
    const C in = kept[0], forget = kept[s.h], candidate = kept[2 * s.h], out = kept[3 * s.h];
    const C y = s.active(kept[4 * s.h]);
    const C dc = v.gradients.dc[i] + dh * out * s.active_slope(y);
    dz[0] = store<T>(dc * candidate * s.gate_slope(in));
    dz[s.h] = store<T>(dc * c_before * s.gate_slope(forget));
    dz[2 * s.h] = store<T>(dc * in * s.active_slope(candidate));
    dz[3 * s.h] = store<T>(dh * y * s.gate_slope(out));
    v.gradients.dc[i] = dc * forget;
    v.gradients.dh[i] = 0;
  });
}

template <class T>
void forward(const ForwardPass<T>& pass, const KernelArgs& a) {
  const RecurrentShape& s = pass.s;
  pass.begin(a);
  const Step<T> step{.cells = Cells<T>(s, a),
                     .zx = piece<T>(a, pass.zx),
                     .zh = piece<T>(a, pass.zh),
                     .bias = optional_input<T>(a, s.in.bias),
                     .states = pass.carried(a),
                     .inputs = pass.state_inputs(a),
                     .output = s.sequences ? a.out<T>(0) : nullptr,
                     .reserve = s.reserve ? a.out<Carried<T>>(3) : nullptr};
  for (std::int64_t i = 0; i < s.t; ++i) {
    pass.multiply(a);
    launch(step_kernel<T>, pass.shape(), a.stream, step, i, s.time(i));
  }
  pass.end(a);
}

template <class T>
void backward(const BackwardPass<T>& pass, const KernelArgs& a) {
  const RecurrentShape& s = pass.s;
  pass.begin(a);
  const StepBack<T> step{.cells = Cells<T>(s, a),
                         .h0 = a.in<T>(s.in.state),
                         .c0 = a.in<T>(s.in.state + 1),
                         .reserve = a.in<Carried<T>>(s.in.reserve),
                         .gradients = pass.carried(a),
                         .before = pass.inputs_before(a),
                         .dz = piece<T>(a, pass.dz)};
  for (std::int64_t i = s.t; i-- > 0;) {
    launch(step_back_kernel<T>, pass.shape(), a.stream, step, i, s.time(i),
           i > 0 ? s.time(i - 1) : 0);
    pass.multiply(a, s.time(i));
  }
  pass.end(a);
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const DType dtype = r.inputs[0].dtype;
  return dispatch<Types::floating>(dtype, why_not, [&]<class T>(Type<T>) {
    ForwardPass<T> pass(RecurrentShape(kind, r, false), dtype, kind, kind.gates);
    pass.products.place(pass.pieces);
    return PreparedKernel{.run = [pass](const KernelArgs& a) { forward(pass, a); },
                          .workspace_bytes = pass.pieces.bytes()};
  });
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  const DType dtype = r.inputs[0].dtype;
  return dispatch<Types::floating>(dtype, why_not, [&]<class T>(Type<T>) {
    BackwardPass<T> pass(RecurrentShape(kind, r, true), dtype, kind, kind.gates, false);
    pass.products.place(pass.pieces);
    return PreparedKernel{.run = [pass](const KernelArgs& a) { backward(pass, a); },
                          .workspace_bytes = pass.pieces.bytes()};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_lstm(KernelTable& table) {
  table.add("lstm", {.name = "plain", .reference = true, .prepare = cuda::prepare});
  table.add("lstm_grad", {.name = "plain", .reference = true, .prepare = cuda::prepare_grad});
}

}  // namespace weft::registration
