// layers::Maximum and its function.
#pragma once
#include <weft/layers/merging/merge.h>

namespace weft::layers {

/// What is behind layers::Maximum.
class MaximumLayer : public MergeLayer {
 public:
  explicit MaximumLayer(LayerOptions options = {});

 protected:
  Tensor merge(const std::vector<Tensor>& inputs, const OptionalMasks& masks) override;
};

/// The largest of the inputs, elementwise; ranks and broadcasting as in MergeLayer. Masked elements
/// do not count.
struct Maximum : LayerRef<MaximumLayer> {
  using LayerRef::LayerRef;
  explicit Maximum(LayerOptions options = {});
};

/// Maximum(options)(inputs).
Tensor maximum(const Tensors& inputs, LayerOptions options = {});

}  // namespace weft::layers
