// layers::LSTM.
#pragma once
#include <weft/layers/recurrent/recurrent_layer.h>

namespace weft::layers {

struct LSTMOptions {
  weft::Activation activation = "tanh";
  weft::Activation recurrent_activation = "sigmoid";
  bool use_bias = true;
  Arg<Initializer> kernel_initializer = "glorot_uniform";
  Arg<Initializer> recurrent_initializer = "orthogonal";
  Arg<Initializer> bias_initializer = "zeros";
  bool unit_forget_bias = true;  ///< the forget gate's bias begins at 1
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
  std::optional<bool> use_cudnn = {};  ///< accepted; what runs is chosen by the kernels
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::LSTM.
class LSTMLayer : public RecurrentLayer {
 public:
  explicit LSTMLayer(int units, LSTMOptions options = {});

 private:
  LayerRef<RecurrentCell> make_cell(LayerOptions options) const override;
  int state_count() const override { return 2; }
};

/// Long short-term memory over x `[N, T, in]`, with the gates i, f, c, o along the columns of
/// kernel `[in, 4 units]`, recurrent_kernel `[units, 4 units]` and bias `[4 units]`:
///   z = x_t kernel + h recurrent_kernel + bias,
///   c = recurrent_activation(z_f) c + recurrent_activation(z_i) activation(z_c),
///   h = recurrent_activation(z_o) activation(c).
/// Returns h of the last step `[N, units]`, or with return_sequences that of each, `[N, T, units]`;
/// with return_state {output, h, c}, by `.all(x)`. go_backwards takes the last step first.
/// `.all(x, {.initial_state = {h, c}})` begins with these states, stateful with those that the
/// batch before ended with (its batch size must be fixed). Where the mask `[N, T]` is false the
/// states and the output stay as they are; as in Keras, a call with initial_state sees no mask that
/// it is not given as an argument. Throws Error unless units is positive, ShapeError for a wrong
/// rank, state or mask.
struct LSTM : LayerRef<LSTMLayer> {
  using LayerRef::LayerRef;
  LSTM() = default;
  explicit LSTM(int units, LSTMOptions options = {});
};

}  // namespace weft::layers
