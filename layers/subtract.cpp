#include <weft/layers/subtract.h>

#include "core/shape_text.hpp"
#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/merging/merge.hpp"

namespace weft {
namespace layers {

SubtractLayer::SubtractLayer(LayerOptions options) : MergeLayer(std::move(options), "Subtract") {}

void SubtractLayer::check(const std::vector<Shape>& input_shapes) const {
  MergeLayer::check(input_shapes);
  if (input_shapes.size() != 2) {
    throw ShapeError(
        name() +
        ": A `Subtract` layer should be called on exactly 2 inputs. Received: input_shape=" +
        detail::shape_list(input_shapes));
  }
}

Tensor SubtractLayer::merge(const std::vector<Tensor>& inputs, const OptionalMasks&) {
  return inputs[0] - inputs[1];
}

Subtract::Subtract(LayerOptions options)
    : LayerRef(layer<SubtractLayer, LayerOptions>(std::move(options))) {}

Tensor subtract(const Tensors& inputs, LayerOptions options) {
  return Subtract(std::move(options))(inputs);
}

}  // namespace layers

namespace registration {
void layer_subtract() {
  detail::register_layer("Subtract", [](const Config& c) -> AnyLayer {
    return layers::Subtract(detail::options_from<LayerOptions>(c));
  });
}
}  // namespace registration

}  // namespace weft
