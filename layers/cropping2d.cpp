#include <weft/layers/cropping2d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/tuples.hpp"
#include "layers/reshaping/crop.hpp"
#include "layers/reshaping/margin_arguments.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<Cropping2DOptions>(c);
  o.data_format = data_format_from(c);
  return Cropping2D(margins_from(c["cropping"]), std::move(o));
}

}  // namespace

Cropping2DLayer::Cropping2DLayer(const Margins& cropping, Cropping2DOptions options)
    : Layer(detail::layer_options(options), "Cropping2D"),
      cropping_(margins_of("Cropping2D", "cropping", cropping, 2)),
      data_format_(standard_data_format("Cropping2D", options.data_format.value_or(""))) {
  set_input_spec(InputSpec{.ndim = 4});
}

// Nothing to make; Keras's files keep the input's shape.
void Cropping2DLayer::build(const Shape&) {}

Tensor Cropping2DLayer::call(const Tensor& inputs) {
  return crop(name(), inputs, data_format_ == "channels_first" ? 2 : 1, cropping_);
}

Config Cropping2DLayer::get_config() const {
  return Layer::get_config()
      .set("cropping", margins_config(cropping_))
      .set("data_format", data_format_);
}

Cropping2D::Cropping2D(const Margins& cropping, Cropping2DOptions options)
    : LayerRef(layer<Cropping2DLayer>(cropping, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_cropping2d() { detail::register_layer("Cropping2D", layers::from_config); }
}  // namespace registration

}  // namespace weft
