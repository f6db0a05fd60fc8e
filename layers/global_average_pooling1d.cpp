#include <fmt/core.h>
#include <weft/core/ops/cast.h>
#include <weft/core/ops/expand_dims.h>
#include <weft/core/ops/pointwise/where.h>
#include <weft/core/ops/reduce.h>
#include <weft/layers/global_average_pooling1d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/pooling/from_config.hpp"

namespace weft {
namespace layers {
namespace {

void check(const std::string& layer, const Shape& x, const Shape& mask, bool channels_first) {
  const Dim steps = x[channels_first ? 2 : 1];
  const auto same = [](Dim a, Dim b) { return !a.known() || !b.known() || a == b; };
  if (mask.rank() == 2 && same(mask[0], x[0]) && same(mask[1], steps)) return;
  throw ShapeError(fmt::format(
      "{}: The mask must have one element for each step. Expected: mask.shape={}. Received: "
      "mask.shape={}, inputs.shape={}",
      layer, Shape({x[0], steps}).to_string(), mask.to_string(), x.to_string()));
}

}  // namespace

GlobalAveragePooling1DLayer::GlobalAveragePooling1DLayer(GlobalPoolingOptions options)
    : BaseGlobalPoolingLayer(1, std::move(options), "GlobalAveragePooling1D") {
  supports_masking = true;
}

Tensor GlobalAveragePooling1DLayer::call(const Tensor& inputs, const CallContext& context) {
  const std::optional<Tensor> mask = context.mask[0];
  if (!mask) return mean(inputs);
  check(name(), inputs.shape(), mask->shape(), is_channels_first());
  const Tensor seen = ops::cast(ops::expand_dims(*mask, is_channels_first() ? 1 : 2), "bool");
  const ops::ReduceOptions over_steps{.axis = is_channels_first() ? 2 : 1, .keepdims = keepdims()};
  return ops::sum(ops::where(seen, inputs, 0.0), over_steps) /
         ops::sum(ops::cast(seen, inputs.dtype()), over_steps);
}

Masks GlobalAveragePooling1DLayer::compute_mask(const Tensors&, const Masks&) { return {}; }

GlobalAveragePooling1D::GlobalAveragePooling1D(GlobalPoolingOptions options)
    : LayerRef(layer<GlobalAveragePooling1DLayer>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_global_average_pooling1d() {
  detail::register_layer("GlobalAveragePooling1D",
                         layers::global_pooling_from_config<layers::GlobalAveragePooling1D>);
}
}  // namespace registration

}  // namespace weft
