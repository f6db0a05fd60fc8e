// layers::Subtract and its function.
#pragma once
#include <weft/layers/merging/merge.h>

namespace weft::layers {

/// What is behind layers::Subtract.
class SubtractLayer : public MergeLayer {
 public:
  explicit SubtractLayer(LayerOptions options = {});

 protected:
  Tensor merge(const std::vector<Tensor>& inputs, const OptionalMasks& masks) override;
  void check(const std::vector<Shape>& input_shapes) const override;
};

/// The first of two inputs minus the second; ranks and broadcasting as in MergeLayer. Throws
/// ShapeError unless there are two.
struct Subtract : LayerRef<SubtractLayer> {
  using LayerRef::LayerRef;
  explicit Subtract(LayerOptions options = {});
};

/// Subtract(options)(inputs).
Tensor subtract(const Tensors& inputs, LayerOptions options = {});

}  // namespace weft::layers
