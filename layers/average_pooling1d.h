// layers::AveragePooling1D, also called AvgPool1D.
#pragma once
#include <weft/layers/pooling/base_pooling.h>

namespace weft::layers {

/// What is behind layers::AveragePooling1D.
class AveragePooling1DLayer : public BasePoolingLayer {
 public:
  explicit AveragePooling1DLayer(const ops::Sizes& pool_size, PoolingOptions options = {});
};

/// The mean of each window, x `[N, W, C]` to `[N, W', C]`; see BasePoolingLayer.
struct AveragePooling1D : LayerRef<AveragePooling1DLayer> {
  using LayerRef::LayerRef;
  AveragePooling1D() = default;
  explicit AveragePooling1D(const ops::Sizes& pool_size, PoolingOptions options = {});
};
using AvgPool1D = AveragePooling1D;

}  // namespace weft::layers
