#include "training/sequential_layer.hpp"

#include <weft/core/error.h>

#include "graph/functional/call_frame.hpp"
#include "graph/functional/input_layer.hpp"
#include "graph/functional/layer_state.hpp"
#include "training/model_parts.hpp"
#include "training/saving/model_config.hpp"

namespace weft::detail {
namespace {

// What a first layer says of its input: its own Input, an input_shape, or a model's input.
std::optional<TensorSpec> known_input(const AnyLayer& layer) {
  if (const LayerGraph* graph = model_graph(*layer.base())) {
    const Tensor in = graph->flat_inputs().at(0);
    return TensorSpec{in.shape(), in.dtype()};
  }
  const MaybeShape& given = LayerAccess::state(*layer.base()).input_shape;
  if (!given) return std::nullopt;
  Shape batched{None};
  for (const Dim& d : *given) batched.push_back(d);
  return TensorSpec{batched, DType()};
}

}  // namespace

SequentialLayer::SequentialLayer(LayerOptions options)
    : ModelLayer(std::move(options), "Sequential", "keras") {}

void SequentialLayer::check_name(const AnyLayer& layer) const {
  for (const AnyLayer& other : stack_) {
    if (other.base() == layer.base()) {
      throw GraphError("Sequential model '" + name() + "': layer '" + layer->name() +
                       "' is already in this model. Expected: another layer.");
    }
    if (other->name() == layer->name()) {
      throw GraphError("All layers added to a Sequential model should have unique names. Name '" +
                       layer->name() +
                       "' is already the name of a layer in this model. Update the `name` argument "
                       "to pass a unique name.");
    }
  }
}

void SequentialLayer::start(const AnyLayer& first) {
  if (const auto* input = dynamic_cast<const InputLayer*>(first.base().get())) {
    input_ = first;
    first_ = last_ = input->output();
    return;
  }
  if (const std::optional<TensorSpec> spec = known_input(first)) {
    first_ = last_ = InputLayer::make(spec->shape, spec->dtype);
    input_ = AnyLayer(input_layer_of(first_));
  }
}

void SequentialLayer::append(const AnyLayer& layer) {
  const BuildScope scope(*this);
  const Tensors out = layer.all(last_);
  if (out.size() != 1) {
    throw GraphError("Sequential model '" + name() +
                     "': all layers must have a single output. Received: " +
                     std::to_string(out.size()) + " outputs of layer '" + layer->name() +
                     "'. For several outputs use Model(inputs, outputs).");
  }
  last_ = out.flat()[0];
}

void SequentialLayer::add(const AnyLayer& layer) {
  if (!layer)
    throw GraphError("Sequential model '" + name() +
                     "': a null layer was added. Expected: a layer.");
  const bool is_input = dynamic_cast<const InputLayer*>(layer.base().get()) != nullptr;
  if (is_input && (input_ || !stack_.empty())) {
    throw GraphError("Sequential model '" + name() +
                     "' has already been configured to use input shape " +
                     (first_ ? first_.shape().to_string() : std::string("(unknown)")) +
                     ". You cannot add a different Input layer to it.");
  }
  check_name(layer);
  // An add that throws leaves the model as it was.
  const AnyLayer input = input_;
  const Tensor first = first_, last = last_;
  const std::size_t size = stack_.size();
  try {
    if (!first_ && stack_.empty()) start(layer);
    if (!is_input) {
      if (first_) append(layer);
      stack_.push_back(layer);
    }
    rebuild();
  } catch (...) {
    input_ = input;
    first_ = first;
    last_ = last;
    stack_.resize(size);
    rebuild();
    throw;
  }
}

void SequentialLayer::pop() {
  if (stack_.empty())
    throw GraphError("Sequential model '" + name() + "': there are no layers in the model to pop.");
  stack_.pop_back();
  if (first_) {
    last_ = first_;
    for (const AnyLayer& layer : stack_) append(layer);
  }
  rebuild();
}

void SequentialLayer::rebuild() {
  graph_.reset();
  if (first_ && !stack_.empty()) graph_.emplace(Tensors(first_), Tensors(last_));
  LayerAccess::state(*this).built = graph_.has_value();
  update_children();
}

void SequentialLayer::update_children() {
  std::vector<Child> children;
  for (const AnyLayer& layer : stack_) children.push_back({layer->name(), layer});
  set_children_(std::move(children));
}

void SequentialLayer::run_build(const std::vector<Shape>& shapes) {
  if (graph_) return;
  if (stack_.empty())
    throw GraphError("Sequential model '" + name() +
                     "' cannot be built because it has no layers. Call `model.add(layer)`.");
  if (shapes.size() != 1) {
    throw GraphError("Sequential model '" + name() +
                     "' has one input. Received: " + std::to_string(shapes.size()) + " inputs.");
  }
  Shape batched = shapes[0];
  if (batched.rank() == 0)
    throw ShapeError("Sequential model '" + name() +
                     "': the input must have a batch axis. Received: a scalar.");
  batched.set(0, None);
  first_ = last_ = InputLayer::make(batched);
  input_ = AnyLayer(input_layer_of(first_));
  for (const AnyLayer& layer : stack_) append(layer);
  rebuild();
}

Tensors SequentialLayer::run_call(const Tensors& inputs, const CallContext& context) {
  return graph_->run(inputs, context);
}

Config SequentialLayer::get_config() const { return sequential_config(*this, input_); }

Config SequentialLayer::get_build_config() const {
  if (!first_) return {};
  return {{"input_shape", first_.shape()}};
}

}  // namespace weft::detail
