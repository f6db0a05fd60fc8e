// layers::Concatenate and its function.
#pragma once
#include <weft/layers/merging/merge.h>

namespace weft::layers {

struct ConcatenateOptions {
  int axis = -1;
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::Concatenate.
class ConcatenateLayer : public MergeLayer {
 public:
  explicit ConcatenateLayer(ConcatenateOptions options = {});
  Masks compute_mask(const Tensors& inputs, const Masks& masks) override;
  Config get_config() const override;

 protected:
  void check(const std::vector<Shape>& input_shapes) const override;
  Tensor merge(const std::vector<Tensor>& inputs, const OptionalMasks& masks) override;
  bool aligns_ranks() const override { return false; }

 private:
  int axis_;
};

/// The inputs `[N, ..., d_i, ...]` joined along `axis`: `[N, ..., d_0 + d_1 + ..., ...]`. Throws
/// ShapeError when the axis is out of range or the shapes differ elsewhere. Masks are joined
/// likewise; an input without one counts as unmasked.
struct Concatenate : LayerRef<ConcatenateLayer> {
  using LayerRef::LayerRef;
  explicit Concatenate(ConcatenateOptions options = {});
};

/// Concatenate(options)(inputs).
Tensor concatenate(const Tensors& inputs, ConcatenateOptions options = {});

}  // namespace weft::layers
