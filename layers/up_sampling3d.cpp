#include <weft/core/ops/transpose.h>
#include <weft/core/ops/upsample.h>
#include <weft/layers/up_sampling3d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/tuples.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<UpSampling3DOptions>(c);
  o.data_format = data_format_from(c);
  ops::Sizes size = 2;
  read_sizes(c, "size", size);
  return UpSampling3D(size, std::move(o));
}

}  // namespace

UpSampling3DLayer::UpSampling3DLayer(const ops::Sizes& size, UpSampling3DOptions options)
    : Layer(detail::layer_options(options), "UpSampling3D"),
      size_(standard_tuple("UpSampling3D", size, 3, "size")),
      data_format_(standard_data_format("UpSampling3D", options.data_format)) {
  set_input_spec(InputSpec{.ndim = 5});
}

// Nothing to make; Keras's files keep the input's shape.
void UpSampling3DLayer::build(const Shape&) {}

Tensor UpSampling3DLayer::call(const Tensor& inputs) {
  if (data_format_ == "channels_last") return ops::upsample(inputs, size_);
  return ops::moveaxis(ops::upsample(ops::moveaxis(inputs, 1, -1), size_), -1, 1);
}

Config UpSampling3DLayer::get_config() const {
  return Layer::get_config().set("size", ConfigValue(size_)).set("data_format", data_format_);
}

UpSampling3D::UpSampling3D(const ops::Sizes& size, UpSampling3DOptions options)
    : LayerRef(layer<UpSampling3DLayer>(size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_up_sampling3d() { detail::register_layer("UpSampling3D", layers::from_config); }
}  // namespace registration

}  // namespace weft
