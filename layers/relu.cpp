#include <fmt/core.h>
#include <weft/core/ops/pointwise/clip.h>
#include <weft/core/ops/pointwise/leaky_relu.h>
#include <weft/core/ops/pointwise/relu.h>
#include <weft/core/ops/pointwise/relu6.h>
#include <weft/core/ops/pointwise/where.h>
#include <weft/layers/relu.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"

namespace weft {
namespace layers {
namespace {

void check(const char* argument, double value) {
  if (value >= 0) return;
  throw Error(fmt::format("ReLU: {} of a ReLU layer cannot be a negative value. Received: {}={}",
                          argument, argument, value));
}

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<ReLUOptions>(c);
  detail::read(c, "max_value", o.max_value);
  detail::read(c, "negative_slope", o.negative_slope);
  detail::read(c, "threshold", o.threshold);
  return ReLU(std::move(o));
}

}  // namespace

ReLULayer::ReLULayer(ReLUOptions options)
    : Layer(detail::layer_options(options), "ReLU"), options_(std::move(options)) {
  check("max_value", options_.max_value.value_or(0));
  check("negative_slope", options_.negative_slope);
  check("threshold", options_.threshold);
  supports_masking = true;
}

// As Keras composes it, so that the common forms are one op.
Tensor ReLULayer::call(const Tensor& x) {
  const std::optional<double> max_value = options_.max_value;
  const double slope = options_.negative_slope, threshold = options_.threshold;
  if (slope != 0 && !max_value && threshold == 0) return ops::leaky_relu(x, slope);
  Tensor y;
  if (threshold != 0)
    y = ops::where(x > threshold, x, 0.0);
  else if (max_value == 6.0)
    y = ops::relu6(x);
  else
    y = ops::relu(x);
  if (max_value && !(threshold == 0 && *max_value == 6)) y = ops::clip(y, 0.0, *max_value);
  if (slope == 0) return y;
  return y - slope * ops::relu(threshold != 0 ? threshold - x : -x);
}

Config ReLULayer::get_config() const {
  return Layer::get_config()
      .set("max_value", options_.max_value)
      .set("negative_slope", options_.negative_slope)
      .set("threshold", options_.threshold);
}

ReLU::ReLU(ReLUOptions options) : LayerRef(layer<ReLULayer>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_relu() { detail::register_layer("ReLU", layers::from_config); }
}  // namespace registration

}  // namespace weft
