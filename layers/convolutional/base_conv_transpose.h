// Base of Conv1DTranspose, Conv2DTranspose and Conv3DTranspose, and the options of the first two.
#pragma once
#include <weft/core/ops/sizes.h>
#include <weft/graph/functional/layer.h>
#include <weft/layers/activation.h>
#include <weft/layers/constraint.h>
#include <weft/layers/initializer.h>
#include <weft/layers/regularizer.h>

namespace weft::layers {

struct ConvTransposeOptions {
  ops::Sizes strides = 1;          ///< one for all spatial dimensions, or one for each: {2, 1}
  std::string padding = "valid";   ///< "valid" or "same"
  ops::Sizes output_padding = {};  ///< more positions behind, fewer than strides (see ops)
  std::string data_format = {};    ///< "channels_last" (the default) or "channels_first"
  ops::Sizes dilation_rate = 1;    ///< not together with strides above 1
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

/// y = activation(conv_transpose(x, kernel) + bias), with x `[N, spatial..., C]`, kernel
/// `[kernel_size..., filters, C]`, bias `[filters]`, y `[N, positions..., filters]` (see
/// ops::conv_transpose; with "channels_first" the channels of x and y are axis 1). Throws Error
/// when an argument cannot be, ShapeError when the input has another rank or its channels are None
/// or not those of the first call.
class BaseConvTransposeLayer : public Layer {
 public:
  /// `[kernel_size..., filters, C]`; null until built.
  Variable kernel() const { return kernel_; }
  /// `[filters]`; null until built, and without bias.
  Variable bias() const { return bias_; }
  int filters() const { return filters_; }

  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 protected:
  BaseConvTransposeLayer(int rank, int filters, const ops::Sizes& kernel_size,
                         ConvTransposeOptions options, const char* keras_class);

 private:
  int rank_, filters_;
  std::vector<std::int64_t> kernel_size_;
  ConvTransposeOptions options_;
  Variable kernel_, bias_;
};

}  // namespace weft::layers
