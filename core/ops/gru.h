// GRU over whole sequences.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// Options of gru.
struct GruOptions {
  /// Keras's names; those of LstmOptions.
  std::string activation = "tanh";
  std::string recurrent_activation = "sigmoid";
  Tensor mask = {};         ///< bool `[N, T]`: steps that count. Others carry the state on
  bool reset_after = true;  ///< the reset gate acts on the product, not on the state before it
  bool return_sequences = false;
  bool go_backwards = false;          ///< the last step first; the output is in that order too
  bool zero_output_for_mask = false;  ///< a masked step's output: 0, not the output before it
  Tensor input_dropout = {};          ///< `[3, N, I]`: factors of x, for each gate
  Tensor recurrent_dropout = {};      ///< `[3, N, H]`: factors of h, for each gate
};

/// For x_t, t = 0 .. T-1, with the gates z, r, h along the columns of both kernels (W, U; b and b'
/// the rows of the bias with reset_after, else b' = 0):
///   z = recurrent_activation(x W_z + b_z + h U_z + b'_z), r likewise,
///   candidate = activation(x W_h + b_h + r (h U_h + b'_h)), or with reset_after false
///   candidate = activation(x W_h + b_h + (r h) U_h),
///   h = z h + (1 - z) candidate.
/// x `[N, T, I]`, h `[N, H]`, kernel `[I, 3H]`, recurrent_kernel `[H, 3H]`, bias `[2, 3H]` (`[3H]`
/// when reset_after is false) or null. Returns the output, `[N, T, H]` or that of the final step
/// `[N, H]`, and the final h. A masked step's output is that of the step before it, zeros before
/// the first one. Throws ShapeError or DtypeError when something does not fit.
std::vector<Tensor> gru(const Tensor& x, const Tensor& h, const Tensor& kernel,
                        const Tensor& recurrent_kernel, const Tensor& bias,
                        const GruOptions& options = {});

}  // namespace weft::ops
