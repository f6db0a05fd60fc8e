// layers::AveragePooling2D, also called AvgPool2D.
#pragma once
#include <weft/layers/pooling/base_pooling.h>

namespace weft::layers {

/// What is behind layers::AveragePooling2D.
class AveragePooling2DLayer : public BasePoolingLayer {
 public:
  explicit AveragePooling2DLayer(const ops::Sizes& pool_size, PoolingOptions options = {});
};

/// The mean of each window, x `[N, H, W, C]` to `[N, H', W', C]`; see BasePoolingLayer.
struct AveragePooling2D : LayerRef<AveragePooling2DLayer> {
  using LayerRef::LayerRef;
  AveragePooling2D() = default;
  explicit AveragePooling2D(const ops::Sizes& pool_size, PoolingOptions options = {});
};
using AvgPool2D = AveragePooling2D;

}  // namespace weft::layers
