// layers::GlobalAveragePooling3D, also called GlobalAvgPool3D.
#pragma once
#include <weft/layers/pooling/base_global_pooling.h>

namespace weft::layers {

/// What is behind layers::GlobalAveragePooling3D.
class GlobalAveragePooling3DLayer : public BaseGlobalPoolingLayer {
 public:
  explicit GlobalAveragePooling3DLayer(GlobalPoolingOptions options = {});
  Tensor call(const Tensor& inputs);
};

/// The mean over all places, x `[N, D, H, W, C]` to `[N, C]`; see BaseGlobalPoolingLayer.
struct GlobalAveragePooling3D : LayerRef<GlobalAveragePooling3DLayer> {
  using LayerRef::LayerRef;
  explicit GlobalAveragePooling3D(GlobalPoolingOptions options = {});
};
using GlobalAvgPool3D = GlobalAveragePooling3D;

}  // namespace weft::layers
