#include <weft/core/ops/depthwise_conv.h>
#include <weft/layers/convolutional/base_depthwise_conv.h>

#include "layers/convolutional/spatial.hpp"

namespace weft::layers {

BaseDepthwiseConvLayer::BaseDepthwiseConvLayer(int rank, const ops::Sizes& kernel_size,
                                               DepthwiseConvOptions options,
                                               const char* keras_class)
    : Layer(detail::layer_options(options), keras_class),
      rank_(rank),
      kernel_size_(standard_tuple(keras_class, kernel_size, rank, "kernel_size")),
      options_(std::move(options)) {
  DepthwiseConvOptions& o = options_;
  standardize(keras_class, rank, o);
  check_positive(keras_class, "depth_multiplier", o.depth_multiplier);
  set_input_spec(InputSpec{.min_ndim = rank + 2});
  set_activity_regularizer(o.activity_regularizer);
}

void BaseDepthwiseConvLayer::build(const Shape& input_shape) {
  const int axis = channel_axis(options_.data_format);
  const Dim channels = input_shape[axis];
  set_input_spec(InputSpec{.min_ndim = rank_ + 2, .axes = {{axis, channels}}});
  const Dim filters = channels.known() ? Dim(channels * options_.depth_multiplier) : None;
  OutputSize{
      name(),           kernel_size_,        options_.strides.list(), options_.dilation_rate.list(),
      options_.padding, options_.data_format}
      .check(input_shape, filters);
  Shape shape(kernel_size_);
  shape.push_back(channels);
  shape.push_back(options_.depth_multiplier);
  kernel_ = add_weight(depthwise_of(options_).weight(shape, "kernel"));
  if (!options_.use_bias) return;
  bias_ = add_weight(detail::bias_of(options_).weight({filters}));
}

Tensor BaseDepthwiseConvLayer::call(const Tensor& inputs) {
  const DType dtype = compute_dtype();
  return finish(ops::depthwise_conv(channels_last(inputs, options_.data_format),
                                    kernel_.value().astype(dtype),
                                    {.strides = options_.strides,
                                     .padding = options_.padding,
                                     .dilation_rate = options_.dilation_rate}),
                bias_, options_.data_format, dtype, options_.activation);
}

Config BaseDepthwiseConvLayer::get_config() const {
  Config config = Layer::get_config()
                      .set("depth_multiplier", options_.depth_multiplier)
                      .set("kernel_size", kernel_size_);
  set_common(config, options_);
  detail::set_weights(config, {depthwise_of(options_), detail::bias_of(options_)},
                      &options_.activity_regularizer);
  return config;
}

}  // namespace weft::layers
