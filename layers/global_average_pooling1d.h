// layers::GlobalAveragePooling1D, also called GlobalAvgPool1D.
#pragma once
#include <weft/layers/pooling/base_global_pooling.h>

namespace weft::layers {

/// What is behind layers::GlobalAveragePooling1D.
class GlobalAveragePooling1DLayer : public BaseGlobalPoolingLayer {
 public:
  explicit GlobalAveragePooling1DLayer(GlobalPoolingOptions options = {});
  Tensor call(const Tensor& inputs, const CallContext& context);
  /// None: the steps are gone.
  Masks compute_mask(const Tensors& inputs, const Masks& masks) override;
};

/// The mean over all steps, x `[N, W, C]` to `[N, C]`; with a mask `[N, W]` over the steps where it
/// is true (NaN where it is nowhere). See BaseGlobalPoolingLayer.
struct GlobalAveragePooling1D : LayerRef<GlobalAveragePooling1DLayer> {
  using LayerRef::LayerRef;
  explicit GlobalAveragePooling1D(GlobalPoolingOptions options = {});
};
using GlobalAvgPool1D = GlobalAveragePooling1D;

}  // namespace weft::layers
