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
  standardize(keras_class, rank, o);
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
  depthwise_kernel_ = add_weight(depthwise_of(options_).weight(depthwise, "depthwise_kernel"));
  pointwise_kernel_ = add_weight(pointwise_of(options_).weight(pointwise, "pointwise_kernel"));
  if (!options_.use_bias) return;
  bias_ = add_weight(detail::bias_of(options_).weight({filters_}));
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
  Config config = Layer::get_config()
                      .set("depth_multiplier", options_.depth_multiplier)
                      .set("filters", filters_)
                      .set("kernel_size", kernel_size_);
  set_common(config, options_);
  detail::set_weights(config,
                      {depthwise_of(options_), pointwise_of(options_), detail::bias_of(options_)},
                      &options_.activity_regularizer);
  return config;
}

}  // namespace weft::layers
