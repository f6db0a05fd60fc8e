// layers::Average and its function.
#pragma once
#include <weft/layers/merging/merge.h>

namespace weft::layers {

/// What is behind layers::Average.
class AverageLayer : public MergeLayer {
 public:
  explicit AverageLayer(LayerOptions options = {});

 protected:
  Tensor merge(const std::vector<Tensor>& inputs, const OptionalMasks& masks) override;
};

/// The mean of the inputs, elementwise; ranks and broadcasting as in MergeLayer.
struct Average : LayerRef<AverageLayer> {
  using LayerRef::LayerRef;
  explicit Average(LayerOptions options = {});
};

/// Average(options)(inputs).
Tensor average(const Tensors& inputs, LayerOptions options = {});

}  // namespace weft::layers
