#include <fmt/core.h>
#include <weft/layers/rescaling.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/array_config.hpp"
#include "layers/arguments/layer_config.hpp"

namespace weft {
namespace layers {
namespace {

Tensor tensor_of(const Factors& f, DType dtype) {
  if (f.single()) return Tensor(f.values()[0]);
  return Tensor::from(f.values()).astype(dtype);
}

ConfigValue config_of(const Factors& f) {
  if (f.single()) return f.values()[0];
  return f.values();
}

Factors factors_from(const ConfigValue& value) {
  const detail::ConfigKind kind = detail::kind(value);
  if (kind == detail::ConfigKind::integer || kind == detail::ConfigKind::floating)
    return value.get<double>();
  return detail::array_from_config(value, "Rescaling").to_vector<double>();
}

void check(const std::string& name, const char* argument, const Factors& f, const Shape& input) {
  const std::size_t n = f.values().size();
  if (f.single() || n == 1) return;
  if (input.rank() > 0 && (!input[-1].known() || input[-1] == n || input[-1] == 1)) return;
  throw ShapeError(fmt::format(
      "{}: `{}` must have one number for each place along the last axis. Expected: {} numbers. "
      "Received: {} numbers for an input of shape {}",
      name, argument, input.rank() > 0 ? std::to_string(static_cast<std::int64_t>(input[-1])) : "1",
      n, input.to_string()));
}

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<RescalingOptions>(c);
  if (c.contains("offset")) o.offset = factors_from(c["offset"]);
  return Rescaling(factors_from(c["scale"]), std::move(o));
}

}  // namespace

RescalingLayer::RescalingLayer(Factors scale, RescalingOptions options)
    : Layer(detail::layer_options(options), "Rescaling"),
      scale_(std::move(scale)),
      offset_(std::move(options.offset)) {
  supports_masking = true;
}

void RescalingLayer::build(const Shape& input_shape) {
  check(name(), "scale", scale_, input_shape);
  check(name(), "offset", offset_, input_shape);
}

Tensor RescalingLayer::call(const Tensor& inputs) {
  const DType dtype = compute_dtype();
  return inputs.astype(dtype) * tensor_of(scale_, dtype) + tensor_of(offset_, dtype);
}

Config RescalingLayer::get_config() const {
  return Layer::get_config().set("scale", config_of(scale_)).set("offset", config_of(offset_));
}

Rescaling::Rescaling(Factors scale, RescalingOptions options)
    : LayerRef(layer<RescalingLayer>(std::move(scale), std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_rescaling() { detail::register_layer("Rescaling", layers::from_config); }
}  // namespace registration

}  // namespace weft
