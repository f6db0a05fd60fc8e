// layers::GlobalAveragePooling2D, also called GlobalAvgPool2D.
#pragma once
#include <weft/layers/pooling/base_global_pooling.h>

namespace weft::layers {

/// What is behind layers::GlobalAveragePooling2D.
class GlobalAveragePooling2DLayer : public BaseGlobalPoolingLayer {
 public:
  explicit GlobalAveragePooling2DLayer(GlobalPoolingOptions options = {});
  Tensor call(const Tensor& inputs);
};

/// The mean over all places, x `[N, H, W, C]` to `[N, C]`; see BaseGlobalPoolingLayer.
struct GlobalAveragePooling2D : LayerRef<GlobalAveragePooling2DLayer> {
  using LayerRef::LayerRef;
  explicit GlobalAveragePooling2D(GlobalPoolingOptions options = {});
};
using GlobalAvgPool2D = GlobalAveragePooling2D;

}  // namespace weft::layers
