// layers::MaxPooling1D, also called MaxPool1D.
#pragma once
#include <weft/layers/pooling/base_pooling.h>

namespace weft::layers {

/// What is behind layers::MaxPooling1D.
class MaxPooling1DLayer : public BasePoolingLayer {
 public:
  explicit MaxPooling1DLayer(const ops::Sizes& pool_size = 2, PoolingOptions options = {});
};

/// The largest number of each window, x `[N, W, C]` to `[N, W', C]`; see BasePoolingLayer. With no
/// argument it is a layer; `= nullptr` makes a null one.
struct MaxPooling1D : LayerRef<MaxPooling1DLayer> {
  using LayerRef::LayerRef;
  explicit MaxPooling1D(const ops::Sizes& pool_size = 2, PoolingOptions options = {});
};
using MaxPool1D = MaxPooling1D;

}  // namespace weft::layers
