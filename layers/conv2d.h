// layers::Conv2D.
#pragma once
#include <weft/layers/convolutional/base_conv.h>

namespace weft::layers {

using Conv2DOptions = ConvOptions;

/// What is behind layers::Conv2D.
class Conv2DLayer : public BaseConvLayer {
 public:
  Conv2DLayer(int filters, const ops::Sizes& kernel_size, ConvOptions options = {});
};

/// Convolution in two dimensions: x `[N, H, W, C]`, kernel `[kh, kw, C / groups, filters]`, y `[N,
/// H, W of the output, filters]`; see BaseConvLayer and ops::conv.
struct Conv2D : LayerRef<Conv2DLayer> {
  using LayerRef::LayerRef;
  Conv2D() = default;
  Conv2D(int filters, const ops::Sizes& kernel_size, ConvOptions options = {});
};

}  // namespace weft::layers
