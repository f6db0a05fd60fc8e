// What the kernels of lstm and gru share. Rows of x, of the gates' sums z and of their gradients
// are those of [N, T]: row n * T + time, where step s of the loop is at time s, or T - 1 - s
// backwards.
#pragma once
#include "backends/cuda/partial_sums.hpp"
#include "backends/cuda/recurrent_products.hpp"
#include "backends/shapes/recurrent_shape.hpp"

namespace weft::cuda {

/// What is kept of a step, and what states are carried in: float for the two-byte types.
template <class T>
using Carried = Compute<T>;

/// Numbers as the input of a product: once, or once for each gate times its dropout factors.
template <class T>
struct GateInputs {
  T* data;
  std::int64_t size;  ///< of one copy
  int copies;
  const T* factors;  ///< [copies, N, width], or null
  std::int64_t factors_size;

  /// Element `at` of each copy; `i` is that of the factors.
  __device__ void write(std::int64_t at, std::int64_t i, Carried<T> value) const {
    if (factors == nullptr) {
      data[at] = store<T>(value);
      return;
    }
    for (int c = 0; c < copies; ++c)
      data[c * size + at] = store<T>(value * load(factors[c * factors_size + i]));
  }
  /// The gradient of write: of what was copied, from those of the copies.
  __device__ Carried<T> gathered(std::int64_t at, std::int64_t i) const {
    if (factors == nullptr) return load(data[at]);
    Carried<T> sum = 0;
    for (int c = 0; c < copies; ++c)
      sum += load(data[c * size + at]) * load(factors[c * factors_size + i]);
    return sum;
  }
};

/// What each step's kernel knows of the op.
template <class T>
struct Cells {
  std::int64_t n, t, h;
  GateActivation activation, recurrent_activation;
  bool zero_output;
  const bool* mask;  ///< [N, T] or null

  Cells(const RecurrentShape& s, const KernelArgs& a)
      : n(s.n),
        t(s.t),
        h(s.h),
        activation(s.activation),
        recurrent_activation(s.recurrent_activation),
        zero_output(s.zero_output),
        mask(optional_input<bool>(a, s.in.mask)) {}

  __device__ bool counts(std::int64_t sequence, std::int64_t time) const {
    return mask == nullptr || mask[sequence * t + time];
  }
  __device__ Carried<T> active(Carried<T> x) const { return activate(activation, x); }
  __device__ Carried<T> gate(Carried<T> x) const { return activate(recurrent_activation, x); }
  __device__ Carried<T> active_slope(Carried<T> y) const { return activation_slope(activation, y); }
  __device__ Carried<T> gate_slope(Carried<T> y) const {
    return activation_slope(recurrent_activation, y);
  }
};

/// Calls f(n, j) for all units of all sequences: blocks along x share the units, those along y the
/// sequences.
template <class F>
__device__ __forceinline__ void for_each_unit(std::int64_t sequences, std::int64_t units, F&& f) {
  for (std::int64_t n = blockIdx.y; n < sequences; n += gridDim.y)
    for_each_index(units, [&](std::int64_t j) { f(n, j); });
}

inline LaunchShape shape_for_units(std::int64_t sequences, std::int64_t units) {
  constexpr std::int64_t most_threads = 128, most_blocks = 65535;
  const std::int64_t whole_warps = (units + warp_size - 1) / warp_size * warp_size;
  const std::int64_t threads = std::clamp<std::int64_t>(whole_warps, warp_size, most_threads);
  return {.blocks = static_cast<unsigned>((units + threads - 1) / threads),
          .threads = static_cast<unsigned>(threads),
          .blocks_y = static_cast<unsigned>(std::min(sequences, most_blocks))};
}

/// The states and the output that steps carry along, [N, H] each; one state is null for a gru.
template <class T>
struct CarriedStates {
  Carried<T>*h, *c, *y;
};

/// Before the first step.
template <class T>
__global__ void begin_kernel(std::int64_t n, std::int64_t units, const T* h0, const T* c0,
                             CarriedStates<T> to, GateInputs<T> inputs) {
  for_each_unit(n, units, [&](std::int64_t row, std::int64_t j) {
    const std::int64_t i = row * units + j;
    to.h[i] = load(h0[i]);
    if (to.c != nullptr) to.c[i] = load(c0[i]);
    to.y[i] = 0;
    inputs.write(i, i, to.h[i]);
  });
}

/// After the last step; `output` is null where that of each step has been written.
template <class T>
__global__ void end_kernel(std::int64_t n, std::int64_t units, CarriedStates<T> from, T* output,
                           T* h, T* c) {
  for_each_unit(n, units, [&](std::int64_t row, std::int64_t j) {
    const std::int64_t i = row * units + j;
    if (output != nullptr) output[i] = store<T>(from.y[i]);
    h[i] = store<T>(from.h[i]);
    if (c != nullptr) c[i] = store<T>(from.c[i]);
  });
}

/// The gradients that steps carry along from the last to the first, [N, H] each.
template <class T>
struct CarriedGradients {
  Carried<T>* dh;         ///< what passes by the next step's product
  Carried<T>* dc;         ///< null for a gru
  Carried<T>* output;     ///< of the output, until a step that counts takes it
  const T* d_output;      ///< [N, T, H] or null
  GateInputs<T> product;  ///< that of the next step

  /// The gradient of h after `step`, for a step that counts with that of its output.
  __device__ Carried<T> arriving(const Cells<T>& s, std::int64_t n, std::int64_t j,
                                 std::int64_t step, bool counts) const {
    const std::int64_t i = n * s.h + j;
    Carried<T> d = dh[i];
    if (step + 1 < s.t) d += product.gathered(i, i);
    Carried<T> of_output = output[i];
    if (d_output != nullptr) of_output += load(d_output[(n * s.t + step) * s.h + j]);
    if (counts) d += of_output;
    output[i] = counts || s.zero_output ? Carried<T>(0) : of_output;
    return d;
  }
};

/// Before the last step; inputs may be null. `d_output` [N, H] is that of the last output.
template <class T>
__global__ void begin_back_kernel(std::int64_t n, std::int64_t units, const T* d_h, const T* d_c,
                                  const T* d_output, CarriedGradients<T> to) {
  const auto from = [](const T* x, std::int64_t i) {
    return x == nullptr ? Carried<T>(0) : load(x[i]);
  };
  for_each_unit(n, units, [&](std::int64_t row, std::int64_t j) {
    const std::int64_t i = row * units + j;
    to.dh[i] = from(d_h, i);
    if (to.dc != nullptr) to.dc[i] = from(d_c, i);
    to.output[i] = from(d_output, i);
  });
}

/// After the first step.
template <class T>
__global__ void end_back_kernel(std::int64_t n, std::int64_t units, bool steps,
                                CarriedGradients<T> from, T* d_h, T* d_c) {
  for_each_unit(n, units, [&](std::int64_t row, std::int64_t j) {
    const std::int64_t i = row * units + j;
    Carried<T> d = from.dh[i];
    if (steps) d += from.product.gathered(i, i);
    d_h[i] = store<T>(d);
    if (d_c != nullptr) d_c[i] = store<T>(from.dc[i]);
  });
}

/// x times the dropout factors of each gate. Rows of blocks: those of [N, T].
template <class T>
__global__ void drop_inputs_kernel(std::int64_t rows, std::int64_t t, std::int64_t width,
                                   const T* x, GateInputs<T> to) {
  for_each_unit(rows, width, [&](std::int64_t row, std::int64_t j) {
    const std::int64_t i = row * width + j;
    to.write(i, row / t * width + j, load(x[i]));
  });
}

/// Its gradient.
template <class T>
__global__ void gather_inputs_kernel(std::int64_t rows, std::int64_t t, std::int64_t width,
                                     GateInputs<T> from, T* dx) {
  for_each_unit(rows, width, [&](std::int64_t row, std::int64_t j) {
    const std::int64_t i = row * width + j;
    dx[i] = store<T>(from.gathered(i, row / t * width + j));
  });
}

/// How the columns of [rows, columns] are summed: in parts of the rows, then over the parts.
struct ColumnSums {
  static constexpr int together = warp_size, threads = 256;  ///< columns and threads of a block
  std::int64_t rows, columns;
  std::int64_t parts() const { return std::clamp<std::int64_t>(rows / 64, 1, 64); }
};

template <class T>
__global__ void column_parts_kernel(ColumnSums v, const T* x, Carried<T>* partial) {
  constexpr int lines = ColumnSums::threads / ColumnSums::together;
  WEFT_SHARED(Carried<T>, sums, ColumnSums::threads);
  const unsigned lane = threadIdx.x % ColumnSums::together;
  const unsigned line = threadIdx.x / ColumnSums::together;
  const std::int64_t column = static_cast<std::int64_t>(blockIdx.x) * ColumnSums::together + lane;
  Carried<T> sum = 0;
  if (column < v.columns) {
    const std::int64_t step = static_cast<std::int64_t>(gridDim.y) * lines;
    for (std::int64_t row = blockIdx.y * lines + line; row < v.rows; row += step)
      sum += load(x[row * v.columns + column]);
  }
  sums[threadIdx.x] = sum;
  for (unsigned half = lines / 2; half > 0; half /= 2) {
    __syncthreads();
    if (line < half) sums[threadIdx.x] += sums[threadIdx.x + half * ColumnSums::together];
  }
  if (line == 0 && column < v.columns) partial[blockIdx.y * v.columns + column] = sums[lane];
}

/// out [columns] = the sums of the columns of x; `partial` has parts() * columns numbers.
template <class T>
void sum_columns(const ColumnSums& v, const T* x, Carried<T>* partial, T* out, void* stream) {
  const std::int64_t parts = v.parts();
  const std::int64_t blocks = (v.columns + ColumnSums::together - 1) / ColumnSums::together;
  launch(column_parts_kernel<T>,
         {.blocks = static_cast<unsigned>(blocks),
          .threads = ColumnSums::threads,
          .blocks_y = static_cast<unsigned>(parts)},
         stream, v, x, partial);
  launch_partial_sums(v.columns, parts, partial, out, stream);
}

}  // namespace weft::cuda
