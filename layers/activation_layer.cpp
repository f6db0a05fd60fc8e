#include <weft/layers/activation_layer.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  return Activation(activations::deserialize(c["activation"]),
                    detail::options_from<LayerOptions>(c));
}

}  // namespace

ActivationLayer::ActivationLayer(weft::Activation activation, LayerOptions options)
    : Layer(std::move(options), "Activation"), activation_(std::move(activation)) {
  supports_masking = true;
}

Tensor ActivationLayer::call(const Tensor& inputs) { return activation_(inputs); }

Config ActivationLayer::get_config() const {
  return Layer::get_config().set("activation", activations::serialize(activation_));
}

Activation::Activation(const weft::Activation& activation, LayerOptions options)
    : LayerRef(layer<ActivationLayer>(activation, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_activation_layer() { detail::register_layer("Activation", layers::from_config); }
}  // namespace registration

}  // namespace weft
