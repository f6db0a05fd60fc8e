#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/ops/conv_transpose.h>
#include <weft/layers/convolutional/base_conv_transpose.h>

#include "layers/convolutional/spatial.hpp"

namespace weft::layers {
namespace {

void check_output_padding(const char* keras_class, const Int64s& padding, const Int64s& strides) {
  for (std::size_t i = 0; i < padding.size(); ++i) {
    if (padding[i] < strides[i]) continue;
    throw Error(fmt::format(
        "{}: `output_padding` must be strictly less than `strides` for all dimensions. At "
        "dimension {}, `output_padding` is {} but `strides` is {}. Received: output_padding={}, "
        "strides={}",
        keras_class, i, padding[i], strides[i], python_tuple(padding), python_tuple(strides)));
  }
}

}  // namespace

BaseConvTransposeLayer::BaseConvTransposeLayer(int rank, int filters, const ops::Sizes& kernel_size,
                                               ConvTransposeOptions options,
                                               const char* keras_class)
    : Layer(detail::layer_options(options), keras_class),
      rank_(rank),
      filters_(filters),
      kernel_size_(standard_tuple(keras_class, kernel_size, rank, "kernel_size")),
      options_(std::move(options)) {
  ConvTransposeOptions& o = options_;
  standardize(keras_class, rank, o);
  if (o.output_padding.given())
    o.output_padding = standard_tuple(keras_class, o.output_padding, rank, "output_padding", true);
  check_positive(keras_class, "filters", filters);
  check_output_padding(keras_class, o.output_padding.list(), o.strides.list());
  check_strides_and_dilation(keras_class, o.strides, o.dilation_rate);
  set_input_spec(InputSpec{.min_ndim = rank + 2});
  set_activity_regularizer(o.activity_regularizer);
}

void BaseConvTransposeLayer::build(const Shape& input_shape) {
  const int axis = channel_axis(options_.data_format);
  set_input_spec(InputSpec{.min_ndim = rank_ + 2, .axes = {{axis, input_shape[axis]}}});
  Shape shape(kernel_size_);
  shape.push_back(filters_);
  shape.push_back(input_shape[axis]);
  kernel_ = add_weight(detail::kernel_of(options_).weight(shape));
  if (!options_.use_bias) return;
  bias_ = add_weight(detail::bias_of(options_).weight({filters_}));
}

Tensor BaseConvTransposeLayer::call(const Tensor& inputs) {
  const DType dtype = compute_dtype();
  return finish(ops::conv_transpose(channels_last(inputs, options_.data_format),
                                    kernel_.value().astype(dtype),
                                    {.strides = options_.strides,
                                     .padding = options_.padding,
                                     .output_padding = options_.output_padding,
                                     .dilation_rate = options_.dilation_rate}),
                bias_, options_.data_format, dtype, options_.activation);
}

Config BaseConvTransposeLayer::get_config() const {
  Config config = Layer::get_config().set("filters", filters_).set("kernel_size", kernel_size_);
  set_common(config, options_);
  detail::set_weights(config, {detail::kernel_of(options_), detail::bias_of(options_)},
                      &options_.activity_regularizer);
  return config;
}

}  // namespace weft::layers
