// layers::MaxPooling3D, also called MaxPool3D.
#pragma once
#include <weft/layers/pooling/base_pooling.h>

namespace weft::layers {

/// What is behind layers::MaxPooling3D.
class MaxPooling3DLayer : public BasePoolingLayer {
 public:
  explicit MaxPooling3DLayer(const ops::Sizes& pool_size = 2, PoolingOptions options = {});
};

/// The largest number of each window, x `[N, D, H, W, C]` to `[N, D', H', W', C]`; see
/// BasePoolingLayer. With no argument it is a layer; `= nullptr` makes a null one.
struct MaxPooling3D : LayerRef<MaxPooling3DLayer> {
  using LayerRef::LayerRef;
  explicit MaxPooling3D(const ops::Sizes& pool_size = 2, PoolingOptions options = {});
};
using MaxPool3D = MaxPooling3D;

}  // namespace weft::layers
