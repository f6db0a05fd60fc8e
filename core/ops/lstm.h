// LSTM over whole sequences.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// Options of lstm.
struct LstmOptions {
  /// Keras's names; of those whose slope follows from their value: linear, tanh, sigmoid, relu,
  /// relu6, leaky_relu, hard_sigmoid, hard_tanh, elu, selu, softplus, softsign, exponential.
  std::string activation = "tanh";
  std::string recurrent_activation = "sigmoid";
  Tensor mask = {};  ///< bool `[N, T]`: steps that count. Others carry the states on
  bool return_sequences = false;
  bool go_backwards = false;          ///< the last step first; the output is in that order too
  bool zero_output_for_mask = false;  ///< a masked step's output: 0, not the output before it
  Tensor input_dropout = {};          ///< `[4, N, I]`: factors of x, for each gate
  Tensor recurrent_dropout = {};      ///< `[4, N, H]`: factors of h, for each gate
};

/// For x_t, t = 0 .. T-1, with the gates i, f, c, o along the columns of both kernels:
///   z = x_t kernel + h recurrent_kernel + bias,
///   c = recurrent_activation(z_f) c + recurrent_activation(z_i) activation(z_c),
///   h = recurrent_activation(z_o) activation(c).
/// x `[N, T, I]`, h and c `[N, H]`, kernel `[I, 4H]`, recurrent_kernel `[H, 4H]`, bias `[4H]` or
/// null. Returns the output, `[N, T, H]` or that of the final step `[N, H]`, and the final h and c.
/// A masked step's output is that of the step before it, zeros before the first one. Throws
/// ShapeError or DtypeError when something does not fit.
std::vector<Tensor> lstm(const Tensor& x, const Tensor& h, const Tensor& c, const Tensor& kernel,
                         const Tensor& recurrent_kernel, const Tensor& bias,
                         const LstmOptions& options = {});

}  // namespace weft::ops
