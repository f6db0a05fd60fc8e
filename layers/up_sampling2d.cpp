#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/ops/interpolate.h>
#include <weft/core/ops/transpose.h>
#include <weft/core/ops/upsample.h>
#include <weft/layers/up_sampling2d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/tuples.hpp"

namespace weft {
namespace layers {
namespace {

std::string checked_interpolation(const std::string& given) {
  const std::string name = lower(given);
  for (const char* known : {"bicubic", "bilinear", "lanczos3", "lanczos5", "nearest"}) {
    if (name == known) return name;
  }
  throw Error(
      fmt::format("UpSampling2D: Invalid `interpolation` argument. Expected one of 'bicubic', "
                  "'bilinear', 'lanczos3', 'lanczos5', 'nearest'. Received: interpolation={}",
                  name));
}

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<UpSampling2DOptions>(c);
  o.data_format = data_format_from(c);
  detail::read(c, "interpolation", o.interpolation);
  ops::Sizes size = 2;
  read_sizes(c, "size", size);
  return UpSampling2D(size, std::move(o));
}

}  // namespace

UpSampling2DLayer::UpSampling2DLayer(const ops::Sizes& size, UpSampling2DOptions options)
    : Layer(detail::layer_options(options), "UpSampling2D"),
      size_(standard_tuple("UpSampling2D", size, 2, "size")),
      data_format_(standard_data_format("UpSampling2D", options.data_format)),
      interpolation_(checked_interpolation(options.interpolation)) {
  set_input_spec(InputSpec{.ndim = 4});
}

// Nothing to make; Keras's files keep the input's shape.
void UpSampling2DLayer::build(const Shape&) {}

Tensor UpSampling2DLayer::call(const Tensor& inputs) {
  const bool first = data_format_ == "channels_first";
  Tensor y = first ? ops::moveaxis(inputs, 1, -1) : inputs;
  if (interpolation_ == "nearest") {
    y = ops::upsample(y, size_);
  } else {
    y = ops::interpolate(y, 1, size_[0], interpolation_);
    y = ops::interpolate(y, 2, size_[1], interpolation_);
  }
  return first ? ops::moveaxis(y, -1, 1) : y;
}

Config UpSampling2DLayer::get_config() const {
  return Layer::get_config()
      .set("size", ConfigValue(size_))
      .set("data_format", data_format_)
      .set("interpolation", interpolation_);
}

UpSampling2D::UpSampling2D(const ops::Sizes& size, UpSampling2DOptions options)
    : LayerRef(layer<UpSampling2DLayer>(size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_up_sampling2d() { detail::register_layer("UpSampling2D", layers::from_config); }
}  // namespace registration

}  // namespace weft
