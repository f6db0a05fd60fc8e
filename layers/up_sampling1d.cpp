#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/ops/upsample.h>
#include <weft/layers/up_sampling1d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/tuples.hpp"

namespace weft {
namespace layers {
namespace {

int checked(int size) {
  if (size > 0) return size;
  throw Error(fmt::format(
      "UpSampling1D: Argument `size` should be a positive integer. Received: size={}", size));
}

AnyLayer from_config(const Config& c) {
  return UpSampling1D(c.get<int>("size", 2), detail::options_from<LayerOptions>(c));
}

}  // namespace

UpSampling1DLayer::UpSampling1DLayer(int size, LayerOptions options)
    : Layer(std::move(options), "UpSampling1D"), size_(checked(size)) {
  set_input_spec(InputSpec{.ndim = 3});
}

// Nothing to make; Keras's files keep the input's shape.
void UpSampling1DLayer::build(const Shape&) {}

Tensor UpSampling1DLayer::call(const Tensor& inputs) { return ops::upsample(inputs, size_); }

Config UpSampling1DLayer::get_config() const { return Layer::get_config().set("size", size_); }

UpSampling1D::UpSampling1D(int size, LayerOptions options)
    : LayerRef(layer<UpSampling1DLayer>(size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_up_sampling1d() { detail::register_layer("UpSampling1D", layers::from_config); }
}  // namespace registration

}  // namespace weft
