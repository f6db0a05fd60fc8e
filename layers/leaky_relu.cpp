#include <fmt/core.h>
#include <weft/core/ops/pointwise/leaky_relu.h>
#include <weft/layers/leaky_relu.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<LeakyReLUOptions>(c);
  detail::read(c, "negative_slope", o.negative_slope);
  detail::read(c, "alpha", o.negative_slope);  // Keras 2
  return LeakyReLU(std::move(o));
}

}  // namespace

LeakyReLULayer::LeakyReLULayer(LeakyReLUOptions options)
    : Layer(detail::layer_options(options), "LeakyReLU"), options_(std::move(options)) {
  supports_masking = true;
  if (!(options_.negative_slope >= 0)) {
    throw Error(
        fmt::format("LeakyReLU: The negative_slope value of a Leaky ReLU layer cannot be a "
                    "negative value. Received: negative_slope={}",
                    options_.negative_slope));
  }
}

Tensor LeakyReLULayer::call(const Tensor& inputs) {
  return ops::leaky_relu(inputs, options_.negative_slope);
}

Config LeakyReLULayer::get_config() const {
  return Layer::get_config().set("negative_slope", options_.negative_slope);
}

LeakyReLU::LeakyReLU(LeakyReLUOptions options)
    : LayerRef(layer<LeakyReLULayer>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_leaky_relu() { detail::register_layer("LeakyReLU", layers::from_config); }
}  // namespace registration

}  // namespace weft
