// layers::Add and its function.
#pragma once
#include <weft/layers/merging/merge.h>

namespace weft::layers {

/// What is behind layers::Add.
class AddLayer : public MergeLayer {
 public:
  explicit AddLayer(LayerOptions options = {});

 protected:
  Tensor merge(const std::vector<Tensor>& inputs, const OptionalMasks& masks) override;
};

/// The sum of the inputs, elementwise; ranks and broadcasting as in MergeLayer.
struct Add : LayerRef<AddLayer> {
  using LayerRef::LayerRef;
  explicit Add(LayerOptions options = {});
};

/// Add(options)(inputs).
Tensor add(const Tensors& inputs, LayerOptions options = {});

}  // namespace weft::layers
