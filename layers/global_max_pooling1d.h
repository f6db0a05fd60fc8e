// layers::GlobalMaxPooling1D, also called GlobalMaxPool1D.
#pragma once
#include <weft/layers/pooling/base_global_pooling.h>

namespace weft::layers {

/// What is behind layers::GlobalMaxPooling1D.
class GlobalMaxPooling1DLayer : public BaseGlobalPoolingLayer {
 public:
  explicit GlobalMaxPooling1DLayer(GlobalPoolingOptions options = {});
  Tensor call(const Tensor& inputs);
};

/// The largest number over all places, x `[N, W, C]` to `[N, C]`; see BaseGlobalPoolingLayer.
struct GlobalMaxPooling1D : LayerRef<GlobalMaxPooling1DLayer> {
  using LayerRef::LayerRef;
  explicit GlobalMaxPooling1D(GlobalPoolingOptions options = {});
};
using GlobalMaxPool1D = GlobalMaxPooling1D;

}  // namespace weft::layers
