#include <weft/layers/average.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/merging/merge.hpp"

namespace weft {
namespace layers {

AverageLayer::AverageLayer(LayerOptions options) : MergeLayer(std::move(options), "Average") {}

Tensor AverageLayer::merge(const std::vector<Tensor>& inputs, const OptionalMasks&) {
  Tensor out = inputs[0];
  for (std::size_t i = 1; i < inputs.size(); ++i) out = out + inputs[i];
  return out / static_cast<double>(inputs.size());
}

Average::Average(LayerOptions options)
    : LayerRef(layer<AverageLayer, LayerOptions>(std::move(options))) {}

Tensor average(const Tensors& inputs, LayerOptions options) {
  return Average(std::move(options))(inputs);
}

}  // namespace layers

namespace registration {
void layer_average() {
  detail::register_layer("Average", [](const Config& c) -> AnyLayer {
    return layers::Average(detail::options_from<LayerOptions>(c));
  });
}
}  // namespace registration

}  // namespace weft
