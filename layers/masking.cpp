#include <weft/core/ops/pointwise/not_equal.h>
#include <weft/core/ops/pointwise/where.h>
#include <weft/core/ops/reduce.h>
#include <weft/layers/masking.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<MaskingOptions>(c);
  detail::read(c, "mask_value", o.mask_value);
  return Masking(std::move(o));
}

}  // namespace

MaskingLayer::MaskingLayer(MaskingOptions options)
    : Layer(detail::layer_options(options), "Masking"), mask_value_(options.mask_value) {
  supports_masking = true;
}

Tensor MaskingLayer::call(const Tensor& inputs) {
  const Tensor counts =
      ops::any(ops::not_equal(inputs, mask_value_), {.axis = -1, .keepdims = true});
  return ops::where(counts, inputs, 0);
}

Masks MaskingLayer::compute_mask(const Tensors& inputs, const Masks&) {
  return ops::any(ops::not_equal(inputs, mask_value_), {.axis = -1});
}

Config MaskingLayer::get_config() const {
  return Layer::get_config().set("mask_value", mask_value_);
}

Masking::Masking(MaskingOptions options) : LayerRef(layer<MaskingLayer>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_masking() { detail::register_layer("Masking", layers::from_config); }
}  // namespace registration

}  // namespace weft
