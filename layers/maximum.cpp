#include <weft/core/ops/pointwise/maximum.h>
#include <weft/layers/maximum.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/merging/merge.hpp"

namespace weft {
namespace layers {

MaximumLayer::MaximumLayer(LayerOptions options) : MergeLayer(std::move(options), "Maximum") {}

Tensor MaximumLayer::merge(const std::vector<Tensor>& inputs, const OptionalMasks& masks) {
  return detail::masked_fold([](const Tensor& a, const Tensor& b) { return ops::maximum(a, b); },
                             inputs, masks);
}

Maximum::Maximum(LayerOptions options)
    : LayerRef(layer<MaximumLayer, LayerOptions>(std::move(options))) {}

Tensor maximum(const Tensors& inputs, LayerOptions options) {
  return Maximum(std::move(options))(inputs);
}

}  // namespace layers

namespace registration {
void layer_maximum() {
  detail::register_layer("Maximum", [](const Config& c) -> AnyLayer {
    return layers::Maximum(detail::options_from<LayerOptions>(c));
  });
}
}  // namespace registration

}  // namespace weft
