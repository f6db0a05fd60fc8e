// Base of the recurrent layers LSTM and GRU, and of their cells.
#pragma once
#include <weft/core/random.h>
#include <weft/graph/functional/layer.h>
#include <weft/layers/activation.h>
#include <weft/layers/constraint.h>
#include <weft/layers/initializer.h>
#include <weft/layers/regularizer.h>

namespace weft::layers {

/// All arguments of recurrent layers but `units`; each layer has options of its own in Keras's
/// order.
struct RecurrentArguments {
  weft::Activation activation, recurrent_activation;
  bool use_bias = true;
  Arg<Initializer> kernel_initializer, recurrent_initializer, bias_initializer;
  bool unit_forget_bias = false;
  Arg<Regularizer> kernel_regularizer, recurrent_regularizer, bias_regularizer;
  Arg<Regularizer> activity_regularizer;
  Arg<Constraint> kernel_constraint, recurrent_constraint, bias_constraint;
  double dropout = 0, recurrent_dropout = 0;
  std::optional<std::int64_t> seed;
  bool return_sequences = false, return_state = false, go_backwards = false, stateful = false;
  bool unroll = false, reset_after = false;
  LayerOptions layer;
};

/// Keras's LSTMCell or GRUCell inside a layer: it holds the weights, `<layer>/<cell>/kernel` and so
/// on, and the generator of the dropout masks.
class RecurrentCell : public Layer {
 public:
  Variable kernel() const { return kernel_; }                      ///< [in, gates units]
  Variable recurrent_kernel() const { return recurrent_kernel_; }  ///< [units, gates units]
  Variable bias() const { return bias_; }                          ///< null without bias

  void build(const Shape& step_shape);
  /// One step: {x, states ...} gives {output, states ...}.
  Tensors call(const Tensors& inputs);

  /// What depends on the kind of cell.
  struct Step {
    Tensor projected = {};          ///< x kernel + bias, [N, gates units]
    std::vector<Tensor> states;     ///< of the step before
    Tensor recurrent_dropout = {};  ///< [gates, N, units] or null
  };
  /// The new states, the first of which is the output, written with ops: for activations that the
  /// whole-sequence op does not know.
  virtual std::vector<Tensor> step(const Step& before) const = 0;
  /// The op for whole sequences: {output, states ...}.
  struct Sequence {
    Tensor x, mask, input_dropout, recurrent_dropout;
    std::vector<Tensor> states;
    std::string activation, recurrent_activation;
  };
  virtual std::vector<Tensor> whole(const Sequence& s) const = 0;
  int gates() const { return gates_; }
  int states() const { return states_; }
  /// [N, T, gates units] of x [N, T, in] or [N, in]; input_dropout [gates, N, in] or null.
  Tensor project(const Tensor& x, const Tensor& input_dropout) const;
  SeedGenerator& generator() { return generator_; }

 protected:
  RecurrentCell(LayerOptions options, const char* keras_class, int gates, int states, int units,
                RecurrentArguments arguments);
  /// A weight in the dtype that is computed in; null for a null one.
  Tensor read(const Variable& weight) const;
  /// state recurrent_kernel, for gates first..last-1: [N, (last - first) units].
  Tensor recur(const Tensor& state, const Tensor& dropout, int first, int last) const;
  int units_;
  RecurrentArguments arguments_;

 private:
  int gates_, states_;
  Variable kernel_, recurrent_kernel_, bias_;
  SeedGenerator generator_;
};

/// What LSTM and GRU have in common: masks, states, dropout, config.
class RecurrentLayer : public Layer {
 public:
  int units() const { return units_; }
  /// Weights; null until built.
  Variable kernel() const;
  Variable recurrent_kernel() const;
  Variable bias() const;
  /// The kept states of a stateful layer, [batch, units] each; none otherwise.
  const std::vector<Variable>& states() const { return states_; }
  /// Sets the kept states of a stateful layer to zero.
  void reset_state();

  void build(const Shape& sequences_shape);
  Tensors call(const Tensor& sequences, const CallContext& context);
  Masks compute_mask(const Tensors& inputs, const Masks& masks) override;
  Config get_config() const override;

 protected:
  RecurrentLayer(const char* keras_class, int units, RecurrentArguments arguments);
  /// The layer's cell.
  virtual LayerRef<RecurrentCell> make_cell(LayerOptions options) const = 0;
  virtual int state_count() const = 0;
  const RecurrentArguments& arguments() const { return arguments_; }

 private:
  std::vector<Tensor> initial_states(const Tensor& x, const CallContext& context) const;
  std::vector<Tensor> unrolled(const RecurrentCell::Sequence& s) const;
  void check_batch(const Tensor& x) const;
  int units_;
  RecurrentArguments arguments_;
  LayerRef<RecurrentCell> cell_;
  std::vector<Variable> states_;
};

}  // namespace weft::layers
