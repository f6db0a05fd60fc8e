#include <weft/layers/cropping1d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/tuples.hpp"
#include "layers/reshaping/crop.hpp"
#include "layers/reshaping/margin_arguments.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  return Cropping1D(margin_from(c["cropping"]), detail::options_from<LayerOptions>(c));
}

}  // namespace

Cropping1DLayer::Cropping1DLayer(const Margin& cropping, LayerOptions options)
    : Layer(std::move(options), "Cropping1D"),
      cropping_(margin_of("Cropping1D", "cropping", cropping)) {
  set_input_spec(InputSpec{.ndim = 3});
}

// Nothing to make; Keras's files keep the input's shape.
void Cropping1DLayer::build(const Shape&) {}

Tensor Cropping1DLayer::call(const Tensor& inputs) { return crop(name(), inputs, 1, {cropping_}); }

Config Cropping1DLayer::get_config() const {
  return Layer::get_config().set("cropping", margin_config(cropping_));
}

Cropping1D::Cropping1D(const Margin& cropping, LayerOptions options)
    : LayerRef(layer<Cropping1DLayer>(cropping, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_cropping1d() { detail::register_layer("Cropping1D", layers::from_config); }
}  // namespace registration

}  // namespace weft
