// layers::Conv1DTranspose.
#pragma once
#include <weft/layers/convolutional/base_conv_transpose.h>

namespace weft::layers {

using Conv1DTransposeOptions = ConvTransposeOptions;

/// What is behind layers::Conv1DTranspose.
class Conv1DTransposeLayer : public BaseConvTransposeLayer {
 public:
  Conv1DTransposeLayer(int filters, const ops::Sizes& kernel_size,
                       ConvTransposeOptions options = {});
};

/// Transposed convolution in one dimension: x `[N, L, C]`, kernel `[kernel_size, filters, C]`; see
/// BaseConvTransposeLayer and ops::conv_transpose.
struct Conv1DTranspose : LayerRef<Conv1DTransposeLayer> {
  using LayerRef::LayerRef;
  Conv1DTranspose() = default;
  Conv1DTranspose(int filters, const ops::Sizes& kernel_size, ConvTransposeOptions options = {});
};

}  // namespace weft::layers
