#include <weft/core/ops/separable_conv.h>
#include <weft/layers/convolutional/base_separable_conv.h>

#include "layers/convolutional/spatial.hpp"

namespace weft::layers {

BaseSeparableConvLayer::BaseSeparableConvLayer(int rank, int filters, const ops::Sizes& kernel_size,
                                               SeparableConvOptions options,
                                               const char* keras_class)
    : Layer(detail::layer_options(options), keras_class),
      rank_(rank),
      filters_(filters),
      kernel_size_(standard_tuple(keras_class, kernel_size, rank, "kernel_size")),
      options_(std::move(options)) {
  SeparableConvOptions& o = options_;
  o.strides = standard_tuple(keras_class, o.strides, rank, "strides");
  o.dilation_rate = standard_tuple(keras_class, o.dilation_rate, rank, "dilation_rate");
  o.padding = standard_padding(keras_class, o.padding);
  o.data_format = standard_data_format(keras_class, o.data_format);
  check_positive(keras_class, "depth_multiplier", o.depth_multiplier);
  check_positive(keras_class, "filters", filters);
  set_input_spec(InputSpec{.min_ndim = rank + 2});
  set_activity_regularizer(o.activity_regularizer);
}

void BaseSeparableConvLayer::build(const Shape& input_shape) {
  const int axis = channel_axis(options_.data_format);
  const Dim channels = input_shape[axis];
  set_input_spec(InputSpec{.min_ndim = rank_ + 2, .axes = {{axis, channels}}});
  OutputSize{
      name(),           kernel_size_,        options_.strides.list(), options_.dilation_rate.list(),
      options_.padding, options_.data_format}
      .check(input_shape, filters_);
  Shape depthwise(kernel_size_), pointwise(Int64s(kernel_size_.size(), 1));
  depthwise.push_back(channels);
  depthwise.push_back(options_.depth_multiplier);
  pointwise.push_back(channels.known() ? Dim(channels * options_.depth_multiplier) : None);
  pointwise.push_back(filters_);
  depthwise_kernel_ = add_weight({.shape = depthwise,
                                  .initializer = options_.depthwise_initializer,
                                  .regularizer = options_.depthwise_regularizer,
                                  .constraint = options_.depthwise_constraint,
                                  .name = "depthwise_kernel"});
  pointwise_kernel_ = add_weight({.shape = pointwise,
                                  .initializer = options_.pointwise_initializer,
                                  .regularizer = options_.pointwise_regularizer,
                                  .constraint = options_.pointwise_constraint,
                                  .name = "pointwise_kernel"});
  if (!options_.use_bias) return;
  bias_ = add_weight({.shape = {filters_},
                      .initializer = options_.bias_initializer,
                      .regularizer = options_.bias_regularizer,
                      .constraint = options_.bias_constraint,
                      .name = "bias"});
}

Tensor BaseSeparableConvLayer::call(const Tensor& inputs) {
  const DType dtype = compute_dtype();
  return finish(ops::separable_conv(channels_last(inputs, options_.data_format),
                                    depthwise_kernel_.value().astype(dtype),
                                    pointwise_kernel_.value().astype(dtype),
                                    {.strides = options_.strides,
                                     .padding = options_.padding,
                                     .dilation_rate = options_.dilation_rate}),
                bias_, options_.data_format, dtype, options_.activation);
}

Config BaseSeparableConvLayer::get_config() const {
  return Layer::get_config()
      .set("depth_multiplier", options_.depth_multiplier)
      .set("filters", filters_)
      .set("kernel_size", kernel_size_)
      .set("strides", options_.strides.list())
      .set("padding", options_.padding)
      .set("data_format", options_.data_format)
      .set("dilation_rate", options_.dilation_rate.list())
      .set("activation", activations::serialize(options_.activation))
      .set("use_bias", options_.use_bias)
      .set("depthwise_initializer", detail::config_of(options_.depthwise_initializer))
      .set("pointwise_initializer", detail::config_of(options_.pointwise_initializer))
      .set("bias_initializer", detail::config_of(options_.bias_initializer))
      .set("depthwise_regularizer", detail::config_of(options_.depthwise_regularizer))
      .set("pointwise_regularizer", detail::config_of(options_.pointwise_regularizer))
      .set("bias_regularizer", detail::config_of(options_.bias_regularizer))
      .set("activity_regularizer", detail::config_of(options_.activity_regularizer))
      .set("depthwise_constraint", detail::config_of(options_.depthwise_constraint))
      .set("pointwise_constraint", detail::config_of(options_.pointwise_constraint))
      .set("bias_constraint", detail::config_of(options_.bias_constraint));
}

}  // namespace weft::layers
