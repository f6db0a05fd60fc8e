// layers::Masking.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft::layers {

struct MaskingOptions {
  double mask_value = 0;
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::Masking.
class MaskingLayer : public Layer {
 public:
  explicit MaskingLayer(MaskingOptions options = {});
  Tensor call(const Tensor& inputs);
  Masks compute_mask(const Tensors& inputs, const Masks& masks) override;
  Config get_config() const override;

 private:
  double mask_value_;
};

/// Says which steps of x `[N, T, ...]` count: those of whose last axis not all elements are
/// mask_value. The output is x with zeros in the other steps, and carries the mask `[N, T]`.
struct Masking : LayerRef<MaskingLayer> {
  using LayerRef::LayerRef;
  explicit Masking(MaskingOptions options = {});
};

}  // namespace weft::layers
