#include <weft/layers/cropping3d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/tuples.hpp"
#include "layers/reshaping/crop.hpp"
#include "layers/reshaping/margin_arguments.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<Cropping3DOptions>(c);
  o.data_format = data_format_from(c);
  return Cropping3D(margins_from(c["cropping"]), std::move(o));
}

}  // namespace

Cropping3DLayer::Cropping3DLayer(const Margins& cropping, Cropping3DOptions options)
    : Layer(detail::layer_options(options), "Cropping3D"),
      cropping_(margins_of("Cropping3D", "cropping", cropping, 3)),
      data_format_(standard_data_format("Cropping3D", options.data_format.value_or(""))) {
  set_input_spec(InputSpec{.ndim = 5});
}

// Nothing to make; Keras's files keep the input's shape.
void Cropping3DLayer::build(const Shape&) {}

Tensor Cropping3DLayer::call(const Tensor& inputs) {
  return crop(name(), inputs, data_format_ == "channels_first" ? 2 : 1, cropping_);
}

Config Cropping3DLayer::get_config() const {
  return Layer::get_config()
      .set("cropping", margins_config(cropping_))
      .set("data_format", data_format_);
}

Cropping3D::Cropping3D(const Margins& cropping, Cropping3DOptions options)
    : LayerRef(layer<Cropping3DLayer>(cropping, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_cropping3d() { detail::register_layer("Cropping3D", layers::from_config); }
}  // namespace registration

}  // namespace weft
