// The products of lstm and gru: of all steps at once where they can be, and one for each step.
#pragma once
#include "backends/cuda/pieces.hpp"

namespace weft::cuda {

/// Rows of inputs [rows, width] times the columns of neighbouring gates of a kernel [width,
/// columns]: one input for all of these gates, or one for each, side by side (dropout).
struct GateProduct {
  DType dtype;
  std::int64_t rows, width, units, columns;
  std::int64_t first, gates;  ///< of the kernel's gates
  bool apart;                 ///< one input for each

  std::int64_t inputs() const { return apart ? gates : 1; }
  std::int64_t input_size() const { return inputs() * rows * width; }

  /// z [rows, columns] = input kernel, in the columns of these gates; rows of z are `lead` apart.
  GemmCall forward(std::int64_t lead) const {
    GemmCall g = call();
    g.m = rows;
    g.n = gate_columns();
    g.k = width;
    g.lead_a = width;
    g.step_a = rows * width;
    g.lead_b = columns;
    g.step_b = units;
    g.lead_c = lead;
    g.step_c = units;
    return g;
  }
  /// d_input = dz kernel^T, for the columns of these gates.
  GemmCall input_gradient(std::int64_t lead) const {
    GemmCall g = call();
    g.m = rows;
    g.n = width;
    g.k = gate_columns();
    g.transpose_b = true;
    g.lead_a = lead;
    g.step_a = units;
    g.lead_b = columns;
    g.step_b = units;
    g.lead_c = width;
    g.step_c = rows * width;
    return g;
  }
  /// d_kernel = input^T dz, in the columns of these gates.
  GemmCall kernel_gradient(std::int64_t lead) const {
    GemmCall g = call();
    g.m = width;
    g.n = gate_columns();
    g.k = rows;
    g.transpose_a = true;
    g.lead_a = width;
    g.step_a = rows * width;
    g.lead_b = lead;
    g.step_b = units;
    g.lead_c = columns;
    g.step_c = units;
    return g;
  }
  /// Where these gates begin in z, dz and the kernel.
  std::int64_t begin() const { return first * units; }

 private:
  std::int64_t gate_columns() const { return apart ? units : gates * units; }
  GemmCall call() const {
    GemmCall g;
    g.dtype = dtype;
    g.batch = inputs();
    return g;
  }
};

}  // namespace weft::cuda
