#include <fmt/core.h>
#include <weft/core/ops/reshape.h>
#include <weft/layers/reshape.h>

#include "core/shape_text.hpp"
#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"

namespace weft {
namespace layers {
namespace {

Shape checked_target(const Shape& target) {
  int inferred = 0;
  for (Dim d : target) {
    if (!d.known() || d < -1) {
      throw Error(fmt::format(
          "Reshape: the dimensions of `target_shape` must be integers, at most one of them -1. "
          "Received: target_shape={}",
          target.to_string()));
    }
    inferred += d == -1 ? 1 : 0;
  }
  if (inferred > 1) {
    throw Error(fmt::format(
        "Reshape: there must be at most one unknown dimension (-1) in target_shape. Received: "
        "target_shape={}",
        target.to_string()));
  }
  return target;
}

// Keras's words, with the layer's name before them.
void check_total(const std::string& name, const Shape& input, const Shape& target) {
  if (!input.known()) return;
  std::int64_t known = 1;
  bool inferred = false;
  for (Dim d : target) {
    if (d == -1)
      inferred = true;
    else
      known *= d;
  }
  if (!inferred && known != input.size()) {
    throw ShapeError(
        fmt::format("{}: The total size of the tensor must be unchanged. Received: input_shape={}, "
                    "target_shape={}",
                    name, input.to_string(), target.to_string()));
  }
  if (inferred && (known == 0 || input.size() % known != 0)) {
    throw ShapeError(fmt::format(
        "{}: The total size of the tensor must be unchanged, however, the input size cannot be "
        "divided by the specified dimensions in target_shape. Received: input_shape={}, "
        "target_shape={}",
        name, input.to_string(), target.to_string()));
  }
}

// A -1 whose value is known already: with the batch None, two unknown dimensions would be left.
Shape resolved(const Shape& input, const Shape& target) {
  if (!input.known()) return target;
  std::int64_t rest = 1;
  for (Dim d : target) rest *= d == -1 ? 1 : static_cast<std::int64_t>(d);
  Shape out;
  for (Dim d : target) out.push_back(d == -1 ? Dim(input.size() / rest) : d);
  return out;
}

AnyLayer from_config(const Config& c) {
  return Reshape(c.get<Shape>("target_shape"), detail::options_from<LayerOptions>(c));
}

}  // namespace

ReshapeLayer::ReshapeLayer(Shape target_shape, LayerOptions options)
    : Layer(std::move(options), "Reshape"), target_shape_(checked_target(target_shape)) {
  set_input_spec(InputSpec{.min_ndim = 1});
}

Tensor ReshapeLayer::call(const Tensor& inputs) {
  const Shape rest = detail::without_batch(inputs.shape());
  check_total(name(), rest, target_shape_);
  Shape shape = {inputs.shape()[0]};
  for (Dim d : resolved(rest, target_shape_)) shape.push_back(d);
  return ops::reshape(inputs, shape);
}

Config ReshapeLayer::get_config() const {
  return Layer::get_config().set("target_shape", target_shape_);
}

Reshape::Reshape(const Shape& target_shape, LayerOptions options)
    : LayerRef(layer<ReshapeLayer>(target_shape, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_reshape() { detail::register_layer("Reshape", layers::from_config); }
}  // namespace registration

}  // namespace weft
