// layers::MaxPooling2D, also called MaxPool2D.
#pragma once
#include <weft/layers/pooling/base_pooling.h>

namespace weft::layers {

/// What is behind layers::MaxPooling2D.
class MaxPooling2DLayer : public BasePoolingLayer {
 public:
  explicit MaxPooling2DLayer(const ops::Sizes& pool_size = 2, PoolingOptions options = {});
};

/// The largest number of each window, x `[N, H, W, C]` to `[N, H', W', C]`; see BasePoolingLayer.
/// With no argument it is a layer; `= nullptr` makes a null one.
struct MaxPooling2D : LayerRef<MaxPooling2DLayer> {
  using LayerRef::LayerRef;
  explicit MaxPooling2D(const ops::Sizes& pool_size = 2, PoolingOptions options = {});
};
using MaxPool2D = MaxPooling2D;

}  // namespace weft::layers
