// After keras/src/layers/rnn/rnn.py and lstm.py, Keras 3.15.1.
#include <weft/layers/recurrent/recurrent_layer.h>

#include <fmt/core.h>
#include <weft/core/ops/expand_dims.h>
#include <weft/core/ops/full.h>
#include <weft/core/ops/pointwise/not_equal.h>
#include <weft/core/ops/pointwise/where.h>
#include <weft/core/ops/stack.h>

#include <algorithm>
#include <limits>

#include "core/recorder.hpp"
#include "core/recurrent.hpp"
#include "graph/functional/call.hpp"
#include "graph/functional/layer_state.hpp"
#include "layers/recurrent/recurrent_arguments.hpp"

namespace weft::layers {
namespace {

/// While the graph of layers is built only shapes count.
bool only_shapes() {
  const detail::Trace* trace = detail::recording().trace();
  return trace != nullptr && trace->abstract();
}

/// 1 drops nothing either: Keras has it so.
bool drops(double rate) { return rate > 0 && rate < 1; }

double clamped(double rate) { return std::clamp(rate, 0.0, 1.0); }

Tensor factors(const Shape& shape, DType dtype, double rate, const SeedGenerator& generator) {
  return random::dropout(ops::ones(shape, dtype), rate, {.seed = generator});
}

}  // namespace

RecurrentLayer::RecurrentLayer(const char* keras_class, int units, RecurrentArguments arguments)
    : Layer(arguments.layer, keras_class), units_(units), arguments_(std::move(arguments)) {
  if (units_ <= 0) {
    throw Error(
        fmt::format("{}: Received an invalid value for argument `units`, expected a "
                    "positive integer. Received: units={}",
                    keras_class, units_));
  }
  constexpr int most = std::numeric_limits<int>::max() / 4;  // four gates of an LSTM side by side
  if (units_ > most) {
    throw Error(fmt::format("{}: `units` is too large. Expected: at most {}. Received: units={}",
                            keras_class, most, units_));
  }
  arguments_.dropout = clamped(arguments_.dropout);
  arguments_.recurrent_dropout = clamped(arguments_.recurrent_dropout);
  supports_masking = true;
  set_input_spec(InputSpec{.ndim = 3});
  set_activity_regularizer(arguments_.activity_regularizer);
}

Variable RecurrentLayer::kernel() const { return cell_.base() ? cell_->kernel() : Variable(); }
Variable RecurrentLayer::recurrent_kernel() const {
  return cell_.base() ? cell_->recurrent_kernel() : Variable();
}
Variable RecurrentLayer::bias() const { return cell_.base() ? cell_->bias() : Variable(); }

void RecurrentLayer::build(const Shape& shape) {
  const std::string snake = class_name() == "LSTM" ? "lstm_cell" : "gru_cell";
  cell_ = make_cell({.name = snake, .dtype = dtype(), .trainable = trainable()});
  detail::LayerAccess::set_dtype_policy(*cell_, detail::LayerAccess::state(*this).dtype_policy);
  track("cell", cell_);
  detail::build_layer(*cell_, {Shape{shape[0], shape[2]}});
  set_input_spec(InputSpec{.ndim = 3, .axes = {{-1, shape[2]}}});
  if (!arguments_.stateful) return;
  if (!shape[0].known()) {
    throw ShapeError(
        fmt::format("{}: When using `stateful=True` in a RNN, the batch size must be static. "
                    "Expected: an Input with `batch_size` or `batch_shape`. Received: dynamic "
                    "batch size: sequence.shape={}",
                    name(), shape.to_string()));
  }
  states_.clear();
  for (int k = 0; k < state_count(); ++k) {
    states_.emplace_back(ops::zeros({shape[0], units_}, compute_dtype()),
                         VariableOptions{.trainable = false, .name = "rnn_state"});
  }
}

void RecurrentLayer::reset_state() {
  for (Variable& v : states_) v.assign(ops::zeros(v.shape(), v.dtype()));
}

void RecurrentLayer::check_batch(const Tensor& x) const {
  if (states_.empty() || !x.shape()[0].known() || x.shape()[0] == states_[0].shape()[0]) return;
  throw ShapeError(
      fmt::format("{}: If an RNN is stateful, the batch size of the input sequences must be the "
                  "same as the batch size of the initial state. Expected: batch size {}. Received: "
                  "batch size {}",
                  name(), static_cast<std::int64_t>(states_[0].shape()[0]),
                  static_cast<std::int64_t>(x.shape()[0])));
}

std::vector<Tensor> RecurrentLayer::initial_states(const Tensor& x,
                                                   const CallContext& context) const {
  check_batch(x);
  std::vector<Tensor> states = context.initial_state.flat();
  if (states.empty()) {
    for (const Variable& v : states_) states.push_back(v);
    while (states.size() < static_cast<std::size_t>(state_count()))
      states.push_back(ops::zeros({x.shape()[0], units_}, compute_dtype()));
    return states;
  }
  if (states.size() != static_cast<std::size_t>(state_count())) {
    throw ShapeError(fmt::format(
        "{}: `initial_state` has the wrong number of tensors. Expected: {} of shape {}. Received: "
        "{}",
        name(), state_count(), Shape{x.shape()[0], units_}.to_string(), states.size()));
  }
  for (Tensor& state : states) {
    const Shape s = state.shape();
    const Dim n = x.shape()[0];
    if (s.rank() != 2 || s[1] != units_ || (n.known() && s[0].known() && n != s[0])) {
      throw ShapeError(
          fmt::format("{}: a tensor of `initial_state` has the wrong shape. Expected: {}. "
                      "Received: {}",
                      name(), Shape{n, units_}.to_string(), s.to_string()));
    }
    state = state.astype(compute_dtype());
  }
  return states;
}

Tensors RecurrentLayer::call(const Tensor& sequences, const CallContext& context) {
  const RecurrentArguments& a = arguments_;
  const Shape shape = sequences.shape();
  if (a.unroll && !shape[1].known()) {
    throw ShapeError(fmt::format(
        "{}: Cannot unroll a RNN if the time dimension is undefined. Expected: an Input with the "
        "time dimension in its shape. Received: sequence.shape={}",
        name(), shape.to_string()));
  }
  RecurrentCell::Sequence s;
  s.x = sequences;
  s.states = initial_states(sequences, context);
  if (const std::optional<Tensor> mask = context.mask[0]) {
    s.mask = mask->dtype() == DType::boolean ? *mask : ops::not_equal(*mask, 0);
    if (s.mask.shape().rank() != 2) {
      throw ShapeError(
          fmt::format("{}: the mask has the wrong rank. Expected: mask.shape={}. "
                      "Received: mask.shape={}",
                      name(), Shape{shape[0], shape[1]}.to_string(), s.mask.shape().to_string()));
    }
  }
  if (context.training && !only_shapes()) {
    const Dim n = shape[0];
    const int gates = cell_->gates();
    SeedGenerator& seeds = cell_->generator();
    if (drops(a.dropout) && a.recurrent_dropout == 0)
      s.x = s.x * ops::expand_dims(factors({n, shape[2]}, s.x.dtype(), a.dropout, seeds), 1);
    else if (drops(a.dropout))
      s.input_dropout = factors({gates, n, shape[2]}, s.x.dtype(), a.dropout, seeds);
    if (drops(a.recurrent_dropout))
      s.recurrent_dropout = factors({gates, n, units_}, s.x.dtype(), a.recurrent_dropout, seeds);
  }
  s.activation = a.activation.name();
  s.recurrent_activation = a.recurrent_activation.name();
  const bool known = detail::find_gate_activation(s.activation) &&
                     detail::find_gate_activation(s.recurrent_activation);
  if (!known && only_shapes()) s.activation = s.recurrent_activation = "tanh";
  const std::vector<Tensor> out = known || only_shapes() ? cell_->whole(s) : unrolled(s);
  for (std::size_t k = 0; k < states_.size(); ++k) states_[k].assign(out[k + 1]);
  if (a.return_state) return out;
  return out[0];
}

// The loop written out, for activations that the op for whole sequences does not know.
std::vector<Tensor> RecurrentLayer::unrolled(const RecurrentCell::Sequence& s) const {
  const bool backwards = arguments_.go_backwards;
  const std::int64_t steps = s.x.shape()[1];
  const Tensor projected = cell_->project(s.x, s.input_dropout);
  std::vector<Tensor> states = s.states, outputs;
  Tensor output = ops::zeros_like(states[0]);
  for (std::int64_t i = 0; i < steps; ++i) {
    const std::int64_t t = backwards ? steps - 1 - i : i;
    std::vector<Tensor> now = cell_->step({.projected = projected.slice({All, t}),
                                           .states = states,
                                           .recurrent_dropout = s.recurrent_dropout});
    if (s.mask) {
      const Tensor valid = ops::expand_dims(s.mask.slice({All, t}), -1);
      output = ops::where(valid, now[0], output);
      for (std::size_t k = 0; k < now.size(); ++k) now[k] = ops::where(valid, now[k], states[k]);
    } else {
      output = now[0];
    }
    states = std::move(now);
    outputs.push_back(output);
  }
  std::vector<Tensor> out;
  if (!arguments_.return_sequences)
    out.push_back(output);
  else if (outputs.empty())
    out.push_back(ops::zeros({s.x.shape()[0], 0, units_}, output.dtype()));
  else
    out.push_back(ops::stack(outputs, 1));
  out.insert(out.end(), states.begin(), states.end());
  return out;
}

Masks RecurrentLayer::compute_mask(const Tensors&, const Masks& masks) {
  const std::optional<Tensor> mask =
      arguments_.return_sequences ? masks[0] : std::optional<Tensor>();
  if (!mask) return {};
  if (!arguments_.return_state) return *mask;
  std::vector<std::optional<Tensor>> all = {mask};
  all.resize(static_cast<std::size_t>(1 + state_count()));
  return all;
}

Config RecurrentLayer::get_config() const {
  const RecurrentArguments& a = arguments_;
  Config out = Layer::get_config()
                   .erase("activity_regularizer")
                   .set("return_sequences", a.return_sequences)
                   .set("return_state", a.return_state)
                   .set("go_backwards", a.go_backwards)
                   .set("stateful", a.stateful)
                   .set("unroll", a.unroll)
                   .set("zero_output_for_mask", false)
                   .set("units", units_)
                   .set("activation", activations::serialize(a.activation))
                   .set("recurrent_activation", activations::serialize(a.recurrent_activation))
                   .set("use_bias", a.use_bias)
                   .set("kernel_initializer", detail::config_of(a.kernel_initializer))
                   .set("recurrent_initializer", detail::config_of(a.recurrent_initializer))
                   .set("bias_initializer", detail::config_of(a.bias_initializer));
  if (class_name() == "LSTM") out.set("unit_forget_bias", a.unit_forget_bias);
  out.set("kernel_regularizer", detail::config_of(a.kernel_regularizer))
      .set("recurrent_regularizer", detail::config_of(a.recurrent_regularizer))
      .set("bias_regularizer", detail::config_of(a.bias_regularizer))
      .set("activity_regularizer", detail::config_of(a.activity_regularizer))
      .set("kernel_constraint", detail::config_of(a.kernel_constraint))
      .set("recurrent_constraint", detail::config_of(a.recurrent_constraint))
      .set("bias_constraint", detail::config_of(a.bias_constraint))
      .set("dropout", a.dropout)
      .set("recurrent_dropout", a.recurrent_dropout);
  if (class_name() != "LSTM") out.set("reset_after", a.reset_after);
  return out.set("seed", a.seed);
}

}  // namespace weft::layers
