// layers::GlobalMaxPooling3D, also called GlobalMaxPool3D.
#pragma once
#include <weft/layers/pooling/base_global_pooling.h>

namespace weft::layers {

/// What is behind layers::GlobalMaxPooling3D.
class GlobalMaxPooling3DLayer : public BaseGlobalPoolingLayer {
 public:
  explicit GlobalMaxPooling3DLayer(GlobalPoolingOptions options = {});
  Tensor call(const Tensor& inputs);
};

/// The largest number over all places, x `[N, D, H, W, C]` to `[N, C]`; see BaseGlobalPoolingLayer.
struct GlobalMaxPooling3D : LayerRef<GlobalMaxPooling3DLayer> {
  using LayerRef::LayerRef;
  explicit GlobalMaxPooling3D(GlobalPoolingOptions options = {});
};
using GlobalMaxPool3D = GlobalMaxPooling3D;

}  // namespace weft::layers
