// The ways of lstm and gru through all steps, but for the kernels of a step itself.
#pragma once
#include "backends/cuda/recurrent.hpp"

namespace weft::cuda {

/// Products of a cell's kernels with the rows of x and with the states; those of the states are for
/// the first `state_gates` gates.
struct CellProducts {
  std::int64_t columns;
  GateProduct input, state, all_states;  ///< of [N, T], of one step, of [N, T]

  CellProducts(const RecurrentShape& s, DType dtype, int gates, int state_gates)
      : columns(gates * s.h),
        input{dtype, s.n * s.t, s.i, s.h, columns, 0, gates, s.in.input_dropout >= 0},
        state{dtype, s.n, s.h, s.h, columns, 0, state_gates, s.in.recurrent_dropout >= 0},
        all_states(state) {
    all_states.rows = s.n * s.t;
  }
};

/// The dropout factors as those of GateInputs, `rows` rows of `product`'s inputs in `data`.
template <class T>
GateInputs<T> gate_inputs(const GateProduct& product, std::int64_t sequences, T* data,
                          const T* factors) {
  return {data, product.rows * product.width, static_cast<int>(product.inputs()), factors,
          sequences * product.width};
}

/// x, or where dropout is asked for x for each gate.
template <class T>
const T* dropped_x(const RecurrentShape& s, const GateProduct& product, const KernelArgs& a,
                   std::size_t dropped) {
  if (s.in.input_dropout < 0) return a.in<T>(s.in.x);
  T* to = piece<T>(a, dropped);
  launch(drop_inputs_kernel<T>, shape_for_units(product.rows, s.i), a.stream, product.rows, s.t,
         s.i, a.in<T>(s.in.x), gate_inputs<T>(product, s.n, to, a.in<T>(s.in.input_dropout)));
  return to;
}

/// Everything of a forward pass that is not the cell's.
template <class T>
struct ForwardPass {
  RecurrentShape s;
  CellProducts cell;
  int states;
  Pieces pieces = {};
  Products products = {};
  std::size_t dropped = 0, zx = 0, zh = 0, inputs = 0, h = 0, c = 0, y = 0;

  ForwardPass(const RecurrentShape& shape, DType dtype, const weft::detail::CellKind& kind,
              int state_gates)
      : s(shape), cell(s, dtype, kind.gates, state_gates), states(kind.states) {
    if (s.in.input_dropout >= 0) dropped = pieces.take<T>(cell.input.input_size());
    zx = pieces.take<T>(s.n * s.t * cell.columns);
    zh = pieces.take<T>(s.n * cell.columns);
    inputs = pieces.take<T>(cell.state.input_size());
    h = pieces.take<Carried<T>>(s.n * s.h);
    if (states > 1) c = pieces.take<Carried<T>>(s.n * s.h);
    y = pieces.take<Carried<T>>(s.n * s.h);
    products.need(cell.input.forward(cell.columns));
    products.need(cell.state.forward(cell.columns));
  }

  CarriedStates<T> carried(const KernelArgs& a) const {
    return {piece<Carried<T>>(a, h), states > 1 ? piece<Carried<T>>(a, c) : nullptr,
            piece<Carried<T>>(a, y)};
  }
  GateInputs<T> state_inputs(const KernelArgs& a) const {
    return gate_inputs<T>(cell.state, s.n, piece<T>(a, inputs),
                          optional_input<T>(a, s.in.recurrent_dropout));
  }
  LaunchShape shape() const { return shape_for_units(s.n, s.h); }

  /// zx of all steps, and the states before the first.
  void begin(const KernelArgs& a) const {
    products.run(a, cell.input.forward(cell.columns), dropped_x<T>(s, cell.input, a, dropped),
                 a.in<T>(s.in.kernel), piece<T>(a, zx));
    launch(begin_kernel<T>, shape(), a.stream, s.n, s.h, a.in<T>(s.in.state),
           states > 1 ? a.in<T>(s.in.state + 1) : nullptr, carried(a), state_inputs(a));
  }
  /// zh of the next step.
  void multiply(const KernelArgs& a) const {
    products.run(a, cell.state.forward(cell.columns), piece<T>(a, inputs),
                 a.in<T>(s.in.recurrent_kernel), piece<T>(a, zh));
  }
  void end(const KernelArgs& a) const {
    launch(end_kernel<T>, shape(), a.stream, s.n, s.h, carried(a),
           s.sequences ? nullptr : a.out<T>(0), a.out<T>(1), states > 1 ? a.out<T>(2) : nullptr);
  }
};

/// Everything of a backward pass that is not the cell's. The kernel of each step writes its rows of
/// dz (of the gates' sums, by way of x), of dz_state where that is another, and of `before`, the
/// inputs of the states' products; so the weights' gradients are one product each at the end.
template <class T>
struct BackwardPass {
  RecurrentShape s;
  CellProducts cell;
  int states;
  Pieces pieces = {};
  Products products = {};
  std::size_t dropped = 0, dz = 0, dz_state = 0, before = 0, product = 0, dh = 0, dc = 0,
              output = 0, dropped_dx = 0, partial = 0;

  /// `two`: dz_state is not dz.
  BackwardPass(const RecurrentShape& shape, DType dtype, const weft::detail::CellKind& kind,
               int state_gates, bool two)
      : s(shape), cell(s, dtype, kind.gates, state_gates), states(kind.states) {
    const std::int64_t rows = s.n * s.t;
    if (s.in.input_dropout >= 0) {
      dropped = pieces.take<T>(cell.input.input_size());
      if (s.x_grad) dropped_dx = pieces.take<T>(cell.input.input_size());
    }
    dz = pieces.take<T>(rows * cell.columns);
    dz_state = two ? pieces.take<T>(rows * cell.columns) : dz;
    before = pieces.take<T>(cell.all_states.input_size());
    product = pieces.take<T>(cell.state.input_size());
    dh = pieces.take<Carried<T>>(s.n * s.h);
    if (states > 1) dc = pieces.take<Carried<T>>(s.n * s.h);
    output = pieces.take<Carried<T>>(s.n * s.h);
    if (s.bias) partial = pieces.take<Carried<T>>(column_sums().parts() * cell.columns);
    products.need(cell.state.input_gradient(s.t * cell.columns));
    products.need(cell.input.kernel_gradient(cell.columns));
    products.need(cell.all_states.kernel_gradient(cell.columns));
    if (s.x_grad) products.need(cell.input.input_gradient(cell.columns));
  }

  CarriedGradients<T> carried(const KernelArgs& a) const {
    return {piece<Carried<T>>(a, dh), states > 1 ? piece<Carried<T>>(a, dc) : nullptr,
            piece<Carried<T>>(a, output),
            s.sequences ? optional_input<T>(a, s.in.d_output) : nullptr,
            gate_inputs<T>(cell.state, s.n, piece<T>(a, product),
                           optional_input<T>(a, s.in.recurrent_dropout))};
  }
  GateInputs<T> inputs_before(const KernelArgs& a) const {
    return gate_inputs<T>(cell.all_states, s.n, piece<T>(a, before),
                          optional_input<T>(a, s.in.recurrent_dropout));
  }
  LaunchShape shape() const { return shape_for_units(s.n, s.h); }
  ColumnSums column_sums() const { return {s.n * s.t, cell.columns}; }

  void begin(const KernelArgs& a) const {
    launch(begin_back_kernel<T>, shape(), a.stream, s.n, s.h, optional_input<T>(a, s.in.d_state[0]),
           optional_input<T>(a, s.in.d_state[1]),
           s.sequences ? nullptr : optional_input<T>(a, s.in.d_output), carried(a));
  }
  /// What the step at `time` sends back to h.
  void multiply(const KernelArgs& a, std::int64_t time) const {
    products.run(a, cell.state.input_gradient(s.t * cell.columns),
                 piece<T>(a, dz_state) + time * cell.columns + cell.state.begin(),
                 a.in<T>(s.in.recurrent_kernel) + cell.state.begin(), piece<T>(a, product));
  }
  /// Gradients of the states, of x, and of the weights.
  void end(const KernelArgs& a) const {
    int out = 0;
    if (s.x_grad) x_gradient(a, a.out<T>(out++));
    launch(end_back_kernel<T>, shape(), a.stream, s.n, s.h, s.t > 0, carried(a), a.out<T>(out),
           states > 1 ? a.out<T>(out + 1) : nullptr);
    out += states;
    products.run(a, cell.input.kernel_gradient(cell.columns),
                 dropped_x<T>(s, cell.input, a, dropped), piece<T>(a, dz), a.out<T>(out++));
    products.run(a, cell.all_states.kernel_gradient(cell.columns), piece<T>(a, before),
                 piece<T>(a, dz_state), a.out<T>(out++));
    if (!s.bias) return;
    auto* sums = piece<Carried<T>>(a, partial);
    sum_columns<T>(column_sums(), piece<T>(a, dz), sums, a.out<T>(out), a.stream);
    if (s.reset_after) {
      sum_columns<T>(column_sums(), piece<T>(a, dz_state), sums, a.out<T>(out) + cell.columns,
                     a.stream);
    }
  }

 private:
  void x_gradient(const KernelArgs& a, T* dx) const {
    const bool drops = s.in.input_dropout >= 0;
    T* to = drops ? piece<T>(a, dropped_dx) : dx;
    products.run(a, cell.input.input_gradient(cell.columns), piece<T>(a, dz), a.in<T>(s.in.kernel),
                 to);
    if (!drops) return;
    launch(gather_inputs_kernel<T>, shape_for_units(cell.input.rows, s.i), a.stream,
           cell.input.rows, s.t, s.i,
           gate_inputs<T>(cell.input, s.n, to, a.in<T>(s.in.input_dropout)), dx);
  }
};

}  // namespace weft::cuda
