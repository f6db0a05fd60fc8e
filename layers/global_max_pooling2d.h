// layers::GlobalMaxPooling2D, also called GlobalMaxPool2D.
#pragma once
#include <weft/layers/pooling/base_global_pooling.h>

namespace weft::layers {

/// What is behind layers::GlobalMaxPooling2D.
class GlobalMaxPooling2DLayer : public BaseGlobalPoolingLayer {
 public:
  explicit GlobalMaxPooling2DLayer(GlobalPoolingOptions options = {});
  Tensor call(const Tensor& inputs);
};

/// The largest number over all places, x `[N, H, W, C]` to `[N, C]`; see BaseGlobalPoolingLayer.
struct GlobalMaxPooling2D : LayerRef<GlobalMaxPooling2DLayer> {
  using LayerRef::LayerRef;
  explicit GlobalMaxPooling2D(GlobalPoolingOptions options = {});
};
using GlobalMaxPool2D = GlobalMaxPooling2D;

}  // namespace weft::layers
