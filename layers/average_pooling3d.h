// layers::AveragePooling3D, also called AvgPool3D.
#pragma once
#include <weft/layers/pooling/base_pooling.h>

namespace weft::layers {

/// What is behind layers::AveragePooling3D.
class AveragePooling3DLayer : public BasePoolingLayer {
 public:
  explicit AveragePooling3DLayer(const ops::Sizes& pool_size, PoolingOptions options = {});
};

/// The mean of each window, x `[N, D, H, W, C]` to `[N, D', H', W', C]`; see BasePoolingLayer.
struct AveragePooling3D : LayerRef<AveragePooling3DLayer> {
  using LayerRef::LayerRef;
  AveragePooling3D() = default;
  explicit AveragePooling3D(const ops::Sizes& pool_size, PoolingOptions options = {});
};
using AvgPool3D = AveragePooling3D;

}  // namespace weft::layers
