// Base of SeparableConv1D and SeparableConv2D, and their options.
#pragma once
#include <weft/core/ops/sizes.h>
#include <weft/graph/functional/layer.h>
#include <weft/layers/activation.h>
#include <weft/layers/constraint.h>
#include <weft/layers/initializer.h>
#include <weft/layers/regularizer.h>

namespace weft::layers {

struct SeparableConvOptions {
  ops::Sizes strides = 1;         ///< one for all spatial dimensions, or one for each: {2, 1}
  std::string padding = "valid";  ///< "valid" or "same"
  std::string data_format = {};   ///< "channels_last" (the default) or "channels_first"
  ops::Sizes dilation_rate = 1;
  int depth_multiplier = 1;  ///< filters for each channel in the first step
  weft::Activation activation = {};
  bool use_bias = true;
  Arg<Initializer> depthwise_initializer = "glorot_uniform";
  Arg<Initializer> pointwise_initializer = "glorot_uniform";
  Arg<Initializer> bias_initializer = "zeros";
  Arg<Regularizer> depthwise_regularizer = {};
  Arg<Regularizer> pointwise_regularizer = {};
  Arg<Regularizer> bias_regularizer = {};
  Arg<Regularizer> activity_regularizer = {};
  Arg<Constraint> depthwise_constraint = {};
  Arg<Constraint> pointwise_constraint = {};
  Arg<Constraint> bias_constraint = {};
  WEFT_LAYER_OPTIONS;
};

/// y = activation(separable_conv(x, depthwise_kernel, pointwise_kernel) + bias), with x `[N,
/// spatial..., C]`, depthwise_kernel `[kernel_size..., C, M]`, pointwise_kernel `[1..., C * M,
/// filters]`, bias `[filters]`, y `[N, positions..., filters]`, M = depth_multiplier (see
/// ops::separable_conv; with "channels_first" the channels of x and y are axis 1). Throws as
/// BaseConvLayer.
class BaseSeparableConvLayer : public Layer {
 public:
  /// `[kernel_size..., C, depth_multiplier]`; null until built.
  Variable depthwise_kernel() const { return depthwise_kernel_; }
  /// `[1..., C * depth_multiplier, filters]`; null until built.
  Variable pointwise_kernel() const { return pointwise_kernel_; }
  /// `[filters]`; null until built, and without bias.
  Variable bias() const { return bias_; }
  int filters() const { return filters_; }

  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 protected:
  BaseSeparableConvLayer(int rank, int filters, const ops::Sizes& kernel_size,
                         SeparableConvOptions options, const char* keras_class);

 private:
  int rank_, filters_;
  std::vector<std::int64_t> kernel_size_;
  SeparableConvOptions options_;
  Variable depthwise_kernel_, pointwise_kernel_, bias_;
};

}  // namespace weft::layers
