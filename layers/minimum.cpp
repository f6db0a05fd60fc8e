#include <weft/core/ops/pointwise/minimum.h>
#include <weft/layers/minimum.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/merging/merge.hpp"

namespace weft {
namespace layers {

MinimumLayer::MinimumLayer(LayerOptions options) : MergeLayer(std::move(options), "Minimum") {}

Tensor MinimumLayer::merge(const std::vector<Tensor>& inputs, const OptionalMasks& masks) {
  return detail::masked_fold([](const Tensor& a, const Tensor& b) { return ops::minimum(a, b); },
                             inputs, masks);
}

Minimum::Minimum(LayerOptions options)
    : LayerRef(layer<MinimumLayer, LayerOptions>(std::move(options))) {}

Tensor minimum(const Tensors& inputs, LayerOptions options) {
  return Minimum(std::move(options))(inputs);
}

}  // namespace layers

namespace registration {
void layer_minimum() {
  detail::register_layer("Minimum", [](const Config& c) -> AnyLayer {
    return layers::Minimum(detail::options_from<LayerOptions>(c));
  });
}
}  // namespace registration

}  // namespace weft
