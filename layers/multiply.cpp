#include <weft/core/ops/pointwise/logical_or.h>
#include <weft/core/ops/pointwise/where.h>
#include <weft/layers/multiply.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/merging/merge.hpp"

namespace weft {
namespace layers {

MultiplyLayer::MultiplyLayer(LayerOptions options) : MergeLayer(std::move(options), "Multiply") {}

Tensor MultiplyLayer::merge(const std::vector<Tensor>& inputs, const OptionalMasks& masks) {
  bool all_masked = true;
  for (const auto& mask : masks) all_masked = all_masked && mask.has_value();
  Tensor out;
  std::optional<Tensor> out_mask;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Tensor x = inputs[i];
    if (masks[i]) {
      const Tensor mask = detail::over_elements(*masks[i], x);
      x = ops::where(mask, x, 1);
      if (all_masked) out_mask = out_mask ? ops::logical_or(*out_mask, mask) : mask;
    }
    out = out ? out * x : x;
  }
  return out_mask ? ops::where(*out_mask, out, 0) : out;
}

Multiply::Multiply(LayerOptions options)
    : LayerRef(layer<MultiplyLayer, LayerOptions>(std::move(options))) {}

Tensor multiply(const Tensors& inputs, LayerOptions options) {
  return Multiply(std::move(options))(inputs);
}

}  // namespace layers

namespace registration {
void layer_multiply() {
  detail::register_layer("Multiply", [](const Config& c) -> AnyLayer {
    return layers::Multiply(detail::options_from<LayerOptions>(c));
  });
}
}  // namespace registration

}  // namespace weft
