#include <weft/core/ops/pointwise/elu.h>
#include <weft/layers/elu.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<ELUOptions>(c);
  detail::read(c, "alpha", o.alpha);
  return ELU(std::move(o));
}

}  // namespace

ELULayer::ELULayer(ELUOptions options)
    : Layer(detail::layer_options(options), "ELU"), options_(std::move(options)) {
  supports_masking = true;
}

Tensor ELULayer::call(const Tensor& inputs) { return ops::elu(inputs, options_.alpha); }

Config ELULayer::get_config() const { return Layer::get_config().set("alpha", options_.alpha); }

ELU::ELU(ELUOptions options) : LayerRef(layer<ELULayer>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_elu() { detail::register_layer("ELU", layers::from_config); }
}  // namespace registration

}  // namespace weft
