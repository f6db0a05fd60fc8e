// layers::Conv2DTranspose.
#pragma once
#include <weft/layers/convolutional/base_conv_transpose.h>

namespace weft::layers {

using Conv2DTransposeOptions = ConvTransposeOptions;

/// What is behind layers::Conv2DTranspose.
class Conv2DTransposeLayer : public BaseConvTransposeLayer {
 public:
  Conv2DTransposeLayer(int filters, const ops::Sizes& kernel_size,
                       ConvTransposeOptions options = {});
};

/// Transposed convolution in two dimensions: x `[N, H, W, C]`, kernel `[kh, kw, filters, C]`; see
/// BaseConvTransposeLayer and ops::conv_transpose.
struct Conv2DTranspose : LayerRef<Conv2DTransposeLayer> {
  using LayerRef::LayerRef;
  Conv2DTranspose() = default;
  Conv2DTranspose(int filters, const ops::Sizes& kernel_size, ConvTransposeOptions options = {});
};

}  // namespace weft::layers
