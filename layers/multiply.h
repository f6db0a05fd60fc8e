// layers::Multiply and its function.
#pragma once
#include <weft/layers/merging/merge.h>

namespace weft::layers {

/// What is behind layers::Multiply.
class MultiplyLayer : public MergeLayer {
 public:
  explicit MultiplyLayer(LayerOptions options = {});

 protected:
  Tensor merge(const std::vector<Tensor>& inputs, const OptionalMasks& masks) override;
};

/// The product of the inputs, elementwise; ranks and broadcasting as in MergeLayer. Masked elements
/// count as 1, and where all inputs are masked the product is 0.
struct Multiply : LayerRef<MultiplyLayer> {
  using LayerRef::LayerRef;
  explicit Multiply(LayerOptions options = {});
};

/// Multiply(options)(inputs).
Tensor multiply(const Tensors& inputs, LayerOptions options = {});

}  // namespace weft::layers
