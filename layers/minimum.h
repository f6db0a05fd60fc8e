// layers::Minimum and its function.
#pragma once
#include <weft/layers/merging/merge.h>

namespace weft::layers {

/// What is behind layers::Minimum.
class MinimumLayer : public MergeLayer {
 public:
  explicit MinimumLayer(LayerOptions options = {});

 protected:
  Tensor merge(const std::vector<Tensor>& inputs, const OptionalMasks& masks) override;
};

/// The smallest of the inputs, elementwise; ranks and broadcasting as in MergeLayer. Masked
/// elements do not count.
struct Minimum : LayerRef<MinimumLayer> {
  using LayerRef::LayerRef;
  explicit Minimum(LayerOptions options = {});
};

/// Minimum(options)(inputs).
Tensor minimum(const Tensors& inputs, LayerOptions options = {});

}  // namespace weft::layers
