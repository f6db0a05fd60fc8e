#include "graph/functional/input_layer.hpp"

#include <weft/core/error.h>
#include <weft/core/settings.h>

#include "graph/functional/layer_state.hpp"

namespace weft {
namespace detail {

InputLayer::InputLayer(const Shape& batch_shape, DType dtype, bool optional, std::string name)
    : Layer({.name = std::move(name), .dtype = dtype}, "InputLayer"),
      batch_shape_(batch_shape),
      optional_(optional) {
  for (const Dim& d : batch_shape_) {
    if (d.known() && d < 0) {
      throw ShapeError(
          "Input: a dimension cannot be negative. Expected: numbers from 0 on, or None. Received: "
          "shape=" +
          batch_shape_.to_string());
    }
  }
  LayerAccess::state(*this).built = true;
}

AnyLayer InputLayer::from_config(const Config& config) {
  const char* key = config.contains("batch_shape") ? "batch_shape" : "batch_input_shape";
  const auto name = config.get<std::optional<std::string>>("name", {});
  const auto dtype = config.get<std::optional<DType>>("dtype", {});
  return AnyLayer::adopt(new InputLayer(config.get<Shape>(key), dtype.value_or(DType()),
                                        config.get<bool>("optional", false), name.value_or("")));
}

Tensor InputLayer::make(const Shape& batch_shape, DType dtype, bool optional,
                        const std::string& name) {
  return input_tensor(AnyLayer::adopt(new InputLayer(batch_shape, dtype, optional, name)));
}

// Keys that only newer Keras versions know are left out at their default.
Config InputLayer::get_config() const {
  Config out = {
      {"batch_shape", batch_shape_}, {"dtype", dtype()}, {"sparse", false}, {"name", name()}};
  if (optional_) out.set("optional", true);
  return out;
}

void InputLayer::run_build(const std::vector<Shape>&) {}

Tensors InputLayer::run_call(const Tensors&, const CallContext&) {
  throw GraphError("The InputLayer '" + name() + "' cannot be called: it is where a graph begins.");
}

Tensor input_tensor(const AnyLayer& input_layer) {
  install_functional_hook();
  const auto* layer = dynamic_cast<const InputLayer*>(input_layer.base().get());
  if (layer == nullptr) throw GraphError("input_tensor: an InputLayer was expected.");
  auto& nodes = OperationAccess::nodes(*input_layer.base());
  if (!nodes.empty()) {
    if (const auto node = nodes[0].lock()) return node->output(0);
    nodes.clear();  // nobody holds the tensor: made again, it is node 0 again
  }
  const auto node =
      Node::record(input_layer.base(), {}, {}, {{layer->batch_shape(), layer->dtype()}},
                   Tensors(Tensor()), {layer->name()});
  return node->output(0);
}

std::shared_ptr<InputLayer> input_layer_of(const Tensor& tensor) {
  if (!is_functional(tensor)) return nullptr;
  return std::dynamic_pointer_cast<InputLayer>(history_of(tensor).node->operation());
}

}  // namespace detail

Tensor Input(const Shape& shape, InputOptions options) {
  std::vector<Dim> batch_shape = {options.batch_size ? Dim(*options.batch_size) : None};
  if (shape.rank() >= Shape::max_rank) {
    throw ShapeError(
        "Input: at most " + std::to_string(Shape::max_rank - 1) +
        " dimensions beside the batch are possible. Received: shape=" + shape.to_string());
  }
  batch_shape.insert(batch_shape.end(), shape.begin(), shape.end());
  return detail::InputLayer::make(Shape(batch_shape), options.dtype, options.optional,
                                  options.name);
}

}  // namespace weft
