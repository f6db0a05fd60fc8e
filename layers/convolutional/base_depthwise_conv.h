// Base of DepthwiseConv1D and DepthwiseConv2D, and their options.
#pragma once
#include <weft/core/ops/sizes.h>
#include <weft/graph/functional/layer.h>
#include <weft/layers/activation.h>
#include <weft/layers/constraint.h>
#include <weft/layers/initializer.h>
#include <weft/layers/regularizer.h>

namespace weft::layers {

struct DepthwiseConvOptions {
  ops::Sizes strides = 1;         ///< one for all spatial dimensions, or one for each: {2, 1}
  std::string padding = "valid";  ///< "valid" or "same"
  int depth_multiplier = 1;       ///< filters for each channel
  std::string data_format = {};   ///< "channels_last" (the default) or "channels_first"
  ops::Sizes dilation_rate = 1;
  weft::Activation activation = {};
  bool use_bias = true;
  Arg<Initializer> depthwise_initializer = "glorot_uniform";
  Arg<Initializer> bias_initializer = "zeros";
  Arg<Regularizer> depthwise_regularizer = {};
  Arg<Regularizer> bias_regularizer = {};
  Arg<Regularizer> activity_regularizer = {};
  Arg<Constraint> depthwise_constraint = {};
  Arg<Constraint> bias_constraint = {};
  WEFT_LAYER_OPTIONS;
};

/// y = activation(depthwise_conv(x, kernel) + bias), with x `[N, spatial..., C]`, kernel
/// `[kernel_size..., C, M]`, bias `[C * M]`, y `[N, positions..., C * M]`, M = depth_multiplier
/// (see ops::depthwise_conv; with "channels_first" the channels of x and y are axis 1). Throws as
/// BaseConvLayer.
class BaseDepthwiseConvLayer : public Layer {
 public:
  /// `[kernel_size..., C, depth_multiplier]`; null until built.
  Variable kernel() const { return kernel_; }
  /// `[C * depth_multiplier]`; null until built, and without bias.
  Variable bias() const { return bias_; }

  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 protected:
  BaseDepthwiseConvLayer(int rank, const ops::Sizes& kernel_size, DepthwiseConvOptions options,
                         const char* keras_class);

 private:
  int rank_;
  std::vector<std::int64_t> kernel_size_;
  DepthwiseConvOptions options_;
  Variable kernel_, bias_;
};

}  // namespace weft::layers
