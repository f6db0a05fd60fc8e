#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/ops/conv.h>
#include <weft/core/ops/pad.h>
#include <weft/layers/convolutional/base_conv.h>

#include "layers/convolutional/spatial.hpp"

namespace weft::layers {

BaseConvLayer::BaseConvLayer(int rank, int filters, const ops::Sizes& kernel_size,
                             ConvOptions options, const char* keras_class)
    : Layer(detail::layer_options(options), keras_class),
      rank_(rank),
      filters_(filters),
      kernel_size_(standard_tuple(keras_class, kernel_size, rank, "kernel_size")),
      options_(std::move(options)) {
  ConvOptions& o = options_;
  standardize(keras_class, rank, o, rank == 1);
  check_positive(keras_class, "filters", filters);
  if (o.groups <= 0) {
    throw Error(
        fmt::format("{}: The number of groups must be a positive integer. Received: "
                    "groups={}.",
                    keras_class, o.groups));
  }
  if (filters % o.groups != 0) {
    throw Error(
        fmt::format("{}: The number of filters must be evenly divisible by the number of "
                    "groups. Received: groups={}, filters={}.",
                    keras_class, o.groups, filters));
  }
  check_strides_and_dilation(keras_class, o.strides, o.dilation_rate);
  set_input_spec(InputSpec{.min_ndim = rank + 2});
  set_activity_regularizer(o.activity_regularizer);
}

void BaseConvLayer::build(const Shape& input_shape) {
  const int axis = channel_axis(options_.data_format);
  const Dim channels = input_shape[axis];
  set_input_spec(InputSpec{.min_ndim = rank_ + 2, .axes = {{axis, channels}}});
  if (channels.known() && channels % options_.groups != 0) {
    throw ShapeError(fmt::format(
        "{}: The number of input channels must be evenly divisible by the number of groups. "
        "Received groups={}, but the input has {} channels (full input shape is {}).",
        name(), options_.groups, static_cast<std::int64_t>(channels), input_shape.to_string()));
  }
  OutputSize{
      name(),           kernel_size_,        options_.strides.list(), options_.dilation_rate.list(),
      options_.padding, options_.data_format}
      .check(input_shape, filters_);
  Shape shape(kernel_size_);
  shape.push_back(channels.known() ? Dim(channels / options_.groups) : None);
  shape.push_back(filters_);
  kernel_ = add_weight(detail::kernel_of(options_).weight(shape));
  if (!options_.use_bias) return;
  bias_ = add_weight(detail::bias_of(options_).weight({filters_}));
}

Tensor BaseConvLayer::call(const Tensor& inputs) {
  const DType dtype = compute_dtype();
  Tensor x = channels_last(inputs, options_.data_format);
  std::string padding = options_.padding;
  if (padding == "causal") {
    const std::int64_t left = options_.dilation_rate.list()[0] * (kernel_size_[0] - 1);
    if (left > 0) x = ops::pad(x, {{0, 0}, {left, 0}, {0, 0}});
    padding = "valid";
  }
  return finish(ops::conv(x, kernel_.value().astype(dtype),
                          {.strides = options_.strides,
                           .padding = padding,
                           .dilation_rate = options_.dilation_rate}),
                bias_, options_.data_format, dtype, options_.activation);
}

Config BaseConvLayer::get_config() const {
  Config config = Layer::get_config().set("filters", filters_).set("kernel_size", kernel_size_);
  set_common(config, options_);
  detail::set_weights(config, {detail::kernel_of(options_), detail::bias_of(options_)},
                      &options_.activity_regularizer);
  return config;
}

}  // namespace weft::layers
