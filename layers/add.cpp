#include <weft/layers/add.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/merging/merge.hpp"

namespace weft {
namespace layers {

AddLayer::AddLayer(LayerOptions options) : MergeLayer(std::move(options), "Add") {}

Tensor AddLayer::merge(const std::vector<Tensor>& inputs, const OptionalMasks&) {
  Tensor out = inputs[0];
  for (std::size_t i = 1; i < inputs.size(); ++i) out = out + inputs[i];
  return out;
}

Add::Add(LayerOptions options) : LayerRef(layer<AddLayer, LayerOptions>(std::move(options))) {}

Tensor add(const Tensors& inputs, LayerOptions options) { return Add(std::move(options))(inputs); }

}  // namespace layers

namespace registration {
void layer_add() {
  detail::register_layer("Add", [](const Config& c) -> AnyLayer {
    return layers::Add(detail::options_from<LayerOptions>(c));
  });
}
}  // namespace registration

}  // namespace weft
