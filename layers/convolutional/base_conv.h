// Base of Conv1D, Conv2D and Conv3D, and the options that they share.
#pragma once
#include <weft/core/ops/sizes.h>
#include <weft/graph/functional/layer.h>
#include <weft/layers/activation.h>
#include <weft/layers/constraint.h>
#include <weft/layers/initializer.h>
#include <weft/layers/regularizer.h>

namespace weft::layers {

/// A kernel's size, strides: one number for all spatial dimensions, or one for each: 3, {3, 5}.
using Size2 = ops::Sizes;

struct ConvOptions {
  ops::Sizes strides = 1;         ///< one for all spatial dimensions, or one for each: {2, 1}
  std::string padding = "valid";  ///< "valid" or "same"; Conv1D also "causal"
  std::string data_format = {};   ///< "channels_last" (the default) or "channels_first"
  ops::Sizes dilation_rate = 1;   ///< not together with strides above 1
  int groups = 1;                 ///< channels and filters in so many separate groups
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

/// y = activation(conv(x, kernel) + bias), with x `[N, spatial..., C]`, kernel `[kernel_size..., C
/// / groups, filters]`, bias `[filters]`, y `[N, positions..., filters]` (see ops::conv; with
/// "channels_first" the channels of x and y are axis 1). Throws Error when an argument cannot be,
/// ShapeError when the input has another rank, its channels are None, do not divide by `groups` or
/// are not those of the first call, or no position is left.
class BaseConvLayer : public Layer {
 public:
  /// `[kernel_size..., C / groups, filters]`; null until built.
  Variable kernel() const { return kernel_; }
  /// `[filters]`; null until built, and without bias.
  Variable bias() const { return bias_; }
  int filters() const { return filters_; }

  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 protected:
  BaseConvLayer(int rank, int filters, const ops::Sizes& kernel_size, ConvOptions options,
                const char* keras_class);

 private:
  int rank_, filters_;
  std::vector<std::int64_t> kernel_size_;
  ConvOptions options_;
  Variable kernel_, bias_;
};

}  // namespace weft::layers
