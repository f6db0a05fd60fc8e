// Base of the layers that join several tensors elementwise.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft::layers {

/// Takes a list of tensors whose shapes broadcast, the batch left aside; of different ranks, the
/// smaller ones get dimensions of size 1 behind the batch. Throws ShapeError when they do not
/// broadcast or their batches differ, GraphError for one tensor that is not in a list. The output's
/// mask is true where any of the inputs' is, and none when an input has none.
class MergeLayer : public Layer {
 public:
  void build(const std::vector<Shape>& input_shapes);
  /// As in Keras the masks are those that the inputs carry, and no argument of the call.
  Tensor call(const Tensors& inputs);
  Masks compute_mask(const Tensors& inputs, const Masks& masks) override;
  /// {"input_shape": [[...], ...]}, a list also of one input.
  Config get_build_config() const override;

 protected:
  using OptionalMasks = std::vector<std::optional<Tensor>>;
  MergeLayer(LayerOptions options, const char* keras_class);
  /// Throws when the inputs' shapes do not fit.
  virtual void check(const std::vector<Shape>& input_shapes) const;
  /// The output, of inputs of one rank.
  virtual Tensor merge(const std::vector<Tensor>& inputs, const OptionalMasks& masks) = 0;
  /// What ranks are made alike for; Concatenate leaves them.
  virtual bool aligns_ranks() const { return true; }
};

}  // namespace weft::layers
