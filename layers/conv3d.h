// layers::Conv3D.
#pragma once
#include <weft/layers/convolutional/base_conv.h>

namespace weft::layers {

using Conv3DOptions = ConvOptions;

/// What is behind layers::Conv3D.
class Conv3DLayer : public BaseConvLayer {
 public:
  Conv3DLayer(int filters, const ops::Sizes& kernel_size, ConvOptions options = {});
};

/// Convolution in three dimensions: x `[N, D, H, W, C]`, kernel `[kd, kh, kw, C / groups,
/// filters]`, y `[N, D, H, W of the output, filters]`; see BaseConvLayer and ops::conv.
struct Conv3D : LayerRef<Conv3DLayer> {
  using LayerRef::LayerRef;
  Conv3D() = default;
  Conv3D(int filters, const ops::Sizes& kernel_size, ConvOptions options = {});
};

}  // namespace weft::layers
