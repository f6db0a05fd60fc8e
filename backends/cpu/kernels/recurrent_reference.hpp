// What the reference kernels of lstm and gru share. All sums are in double; one sequence after the
// other, one step after the other.
#pragma once
#include <algorithm>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/shapes/recurrent_shape.hpp"

namespace weft::cpu {

// The formulas as calls: within each loop of each dtype they would be seconds of compiling.
[[gnu::noinline]] inline double activated(GateActivation f, double x) { return activate(f, x); }
[[gnu::noinline]] inline double slope_of(GateActivation f, double y) {
  return activation_slope(f, y);
}

/// What the reserve holds: float for the two-byte types.
template <class T>
using Reserve = Compute<T>;

/// z[j] += factor * row[j].
template <class T>
void add_row(double factor, const T* row, std::int64_t n, double* z) {
  for (std::int64_t j = 0; j < n; ++j) z[j] += factor * static_cast<double>(load(row[j]));
}

/// The sum of z[j] row[j].
template <class T>
double dot_row(const double* z, const T* row, std::int64_t n) {
  double sum = 0;
  for (std::int64_t j = 0; j < n; ++j) sum += z[j] * static_cast<double>(load(row[j]));
  return sum;
}

/// One side of a cell's products: an input (x_t or h) of `width` numbers, its kernel, and the
/// dropout factors [gates, N, width] of the sequence at hand, if any.
template <class T>
struct Product {
  const T* kernel;
  std::int64_t width, units, columns;
  const T* dropout;  ///< of gate 0 of this sequence, or null
  std::int64_t dropout_gate;

  double factor(std::int64_t gate, std::int64_t k) const {
    return dropout == nullptr ? 1 : static_cast<double>(load(dropout[gate * dropout_gate + k]));
  }
  /// z[gate, :] += (input * factor) kernel[:, gate], for gates first..last-1.
  template <class In>
  void forward(const In* input, double* z, std::int64_t first, std::int64_t last) const {
    for (std::int64_t k = 0; k < width; ++k) {
      for (std::int64_t g = first; g < last; ++g) {
        const double v = static_cast<double>(load(input[k])) * factor(g, k);
        add_row(v, kernel + k * columns + g * units, units, z + g * units);
      }
    }
  }
  /// d_input[k] += dz kernel^T, d_kernel += input^T dz. d_input may be null.
  template <class In>
  void backward(const In* input, const double* dz, double* d_input, double* d_kernel,
                std::int64_t first, std::int64_t last) const {
    for (std::int64_t k = 0; k < width; ++k) {
      for (std::int64_t g = first; g < last; ++g) {
        const double f = factor(g, k), v = static_cast<double>(load(input[k])) * f;
        const std::int64_t at = k * columns + g * units;
        add_row(v, dz + g * units, units, d_kernel + at);
        if (d_input != nullptr) d_input[k] += f * dot_row(dz + g * units, kernel + at, units);
      }
    }
  }
};

/// The product with x (of sequence n), and with h.
template <class T>
Product<T> input_product(const RecurrentShape& s, int gates, const KernelArgs& a, std::int64_t n) {
  const T* dropout = optional_input<T>(a, s.in.input_dropout);
  return {a.in<T>(s.in.kernel),
          s.i,
          s.h,
          gates * s.h,
          dropout == nullptr ? nullptr : dropout + n * s.i,
          s.n * s.i};
}
template <class T>
Product<T> state_product(const RecurrentShape& s, int gates, const KernelArgs& a, std::int64_t n) {
  const T* dropout = optional_input<T>(a, s.in.recurrent_dropout);
  return {a.in<T>(s.in.recurrent_kernel),
          s.h,
          s.h,
          gates * s.h,
          dropout == nullptr ? nullptr : dropout + n * s.h,
          s.n * s.h};
}

/// Writes sums as T.
template <class T>
void store_all(const double* from, std::int64_t n, T* to) {
  for (std::int64_t j = 0; j < n; ++j) to[j] = store<T>(from[j]);
}
template <class T>
void load_all(const T* from, std::int64_t n, double* to) {
  for (std::int64_t j = 0; j < n; ++j) to[j] = static_cast<double>(load(from[j]));
}

/// The gradient of the output of each step, walking from the last to the first: a masked step's
/// output is that of the step before it, so its gradient goes there.
template <class T>
class OutputGradient {
 public:
  /// `carry` [H] is memory to use.
  OutputGradient(const RecurrentShape& s, const T* d_output, std::int64_t n, double* carry)
      : s_(s), d_(d_output), n_(n), carry_(carry) {
    std::fill_n(carry, s.h, 0.0);
    if (d_ != nullptr && !s.sequences) load_all(d_ + n * s.h, s.h, carry);
  }
  /// Adds to dh what step `step` gets, or passes it on when the step is masked.
  void step(std::int64_t step, bool valid, double* dh) {
    if (d_ != nullptr && s_.sequences) add_row(1, d_ + (n_ * s_.t + step) * s_.h, s_.h, carry_);
    if (valid) add_row(1, carry_, s_.h, dh);
    if (valid || s_.zero_output) std::fill_n(carry_, s_.h, 0.0);
  }

 private:
  const RecurrentShape& s_;
  const T* d_;
  std::int64_t n_;
  double* carry_;
};

/// The outputs of an op's gradient in double, until all sequences have been added.
template <class T>
struct GradientSums {
  GradientSums(const RecurrentShape& s, int gates, double* memory)
      : kernel_size(s.i * gates * s.h),
        recurrent_size(s.h * gates * s.h),
        bias_size((s.reset_after ? 2 : 1) * gates * s.h),
        kernel(memory),
        recurrent(kernel + kernel_size),
        bias(recurrent + recurrent_size),
        end(bias + bias_size) {
    std::fill(memory, end, 0.0);
  }
  static std::int64_t size(const RecurrentShape& s, int gates) {
    return (s.i + s.h + (s.reset_after ? 2 : 1)) * gates * s.h;
  }
  /// Outputs from `first` on: kernel, recurrent_kernel, bias.
  void write(const RecurrentShape& s, const KernelArgs& a, int first) const {
    store_all(kernel, kernel_size, a.out<T>(first));
    store_all(recurrent, recurrent_size, a.out<T>(first + 1));
    if (s.bias) store_all(bias, bias_size, a.out<T>(first + 2));
  }
  std::int64_t kernel_size, recurrent_size, bias_size;
  double *kernel, *recurrent, *bias, *end;
};

}  // namespace weft::cpu
