// layers::GRU.
#pragma once
#include <weft/layers/recurrent/recurrent_layer.h>

namespace weft::layers {

struct GRUOptions {
  weft::Activation activation = "tanh";
  weft::Activation recurrent_activation = "sigmoid";
  bool use_bias = true;
  Arg<Initializer> kernel_initializer = "glorot_uniform";
  Arg<Initializer> recurrent_initializer = "orthogonal";
  Arg<Initializer> bias_initializer = "zeros";
  Arg<Regularizer> kernel_regularizer = {};
  Arg<Regularizer> recurrent_regularizer = {};
  Arg<Regularizer> bias_regularizer = {};
  Arg<Regularizer> activity_regularizer = {};
  Arg<Constraint> kernel_constraint = {};
  Arg<Constraint> recurrent_constraint = {};
  Arg<Constraint> bias_constraint = {};
  double dropout = 0;            ///< of the inputs; one pattern for all steps of a sequence
  double recurrent_dropout = 0;  ///< of h; one pattern per gate for all steps
  std::optional<std::int64_t> seed = {};
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;
  bool stateful = false;
  bool unroll = false;
  bool reset_after = true;  ///< the reset gate acts on the state's product, not on the state
  std::optional<bool> use_cudnn = {};  ///< accepted; what runs is chosen by the kernels
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::GRU.
class GRULayer : public RecurrentLayer {
 public:
  explicit GRULayer(int units, GRUOptions options = {});

 private:
  LayerRef<RecurrentCell> make_cell(LayerOptions options) const override;
  int state_count() const override { return 1; }
};

/// Gated recurrent units over x `[N, T, in]`, with the gates z, r, h along the columns of kernel W
/// `[in, 3 units]`, recurrent_kernel U `[units, 3 units]` and bias `[2, 3 units]` (rows b and b';
/// `[3 units]` and b' = 0 when reset_after is false):
///   z = recurrent_activation(x W_z + b_z + h U_z + b'_z), r likewise,
///   candidate = activation(x W_h + b_h + r (h U_h + b'_h)), or with reset_after false
///   candidate = activation(x W_h + b_h + (r h) U_h),
///   h = z h + (1 - z) candidate.
/// Returns h of the last step `[N, units]`, or with return_sequences that of each, `[N, T, units]`;
/// with return_state {output, h}, by `.all(x)`. Masks, initial_state, stateful and go_backwards are
/// LSTM's. Throws Error unless units is positive, ShapeError for a wrong rank, state or mask.
struct GRU : LayerRef<GRULayer> {
  using LayerRef::LayerRef;
  GRU() = default;
  explicit GRU(int units, GRUOptions options = {});
};

}  // namespace weft::layers
