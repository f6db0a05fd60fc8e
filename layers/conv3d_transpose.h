// layers::Conv3DTranspose.
#pragma once
#include <weft/layers/convolutional/base_conv_transpose.h>

namespace weft::layers {

/// As ConvTransposeOptions, with Keras's order of the arguments.
struct Conv3DTransposeOptions {
  ops::Sizes strides = 1;
  std::string padding = "valid";
  std::string data_format = {};
  ops::Sizes output_padding = {};
  ops::Sizes dilation_rate = 1;
  weft::Activation activation = {};
  bool use_bias = true;
  Arg<Initializer> kernel_initializer = "glorot_uniform";
  Arg<Initializer> bias_initializer = "zeros";
  Arg<Regularizer> kernel_regularizer = {};
  Arg<Regularizer> bias_regularizer = {};
  Arg<Regularizer> activity_regularizer = {};
  Arg<Constraint> kernel_constraint = {};
  Arg<Constraint> bias_constraint = {};
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::Conv3DTranspose.
class Conv3DTransposeLayer : public BaseConvTransposeLayer {
 public:
  Conv3DTransposeLayer(int filters, const ops::Sizes& kernel_size,
                       Conv3DTransposeOptions options = {});
};

/// Transposed convolution in three dimensions: x `[N, D, H, W, C]`, kernel `[kd, kh, kw, filters,
/// C]`; see BaseConvTransposeLayer and ops::conv_transpose.
struct Conv3DTranspose : LayerRef<Conv3DTransposeLayer> {
  using LayerRef::LayerRef;
  Conv3DTranspose() = default;
  Conv3DTranspose(int filters, const ops::Sizes& kernel_size, Conv3DTransposeOptions options = {});
};

}  // namespace weft::layers
