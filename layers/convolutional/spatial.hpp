// What the convolution layers share: arguments that are one number per spatial dimension, Keras's
// checks of them and of shapes, keys of configs.
#pragma once
#include <weft/core/ops/sizes.h>
#include <weft/graph/functional/layer.h>

#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/tuples.hpp"
#include "layers/arguments/weight_arguments.hpp"

namespace weft::layers {

/// "valid" or "same" (or "causal") in small letters; throws Error.
std::string standard_padding(const char* keras_class, std::string_view padding,
                             bool allow_causal = false);
/// Throws Error when the number is 0 or negative.
void check_positive(const char* keras_class, const char* argument, int value);
/// Throws Error when a stride and a dilation are above 1.
void check_strides_and_dilation(const char* keras_class, const ops::Sizes& strides,
                                const ops::Sizes& dilation_rate);

/// The channels' axis: -1 or 1.
inline int channel_axis(const std::string& data_format) {
  return data_format == "channels_first" ? 1 : -1;
}

/// Throws ShapeError, beginning with the layer's name, when the input's rank is not that of a
/// kernel or no position is left; None fits.
struct OutputSize {
  const std::string& layer;
  const Int64s &kernel_size, strides, dilation_rate;
  const std::string &padding, data_format;
  void check(const Shape& input, Dim filters) const;
};

/// y + bias (unless null) and the activation, where y is channels_last and the result is as the
/// layer's data_format says.
Tensor finish(Tensor y, const Variable& bias, const std::string& data_format, DType dtype,
              const weft::Activation& activation);
/// Channels last, whatever the layer's data_format.
Tensor channels_last(const Tensor& x, const std::string& data_format);

/// One stride and dilation for each spatial dimension, padding and data_format as Keras spells
/// them. Throws Error.
template <class O>
void standardize(const char* keras_class, int rank, O& o, bool allow_causal = false) {
  o.strides = standard_tuple(keras_class, o.strides, rank, "strides");
  o.dilation_rate = standard_tuple(keras_class, o.dilation_rate, rank, "dilation_rate");
  o.padding = standard_padding(keras_class, o.padding, allow_causal);
  o.data_format = standard_data_format(keras_class, o.data_format);
}

template <class O>
detail::WeightArguments depthwise_of(const O& o) {
  return {"depthwise", o.depthwise_initializer, o.depthwise_regularizer, o.depthwise_constraint};
}
template <class O>
detail::WeightArguments pointwise_of(const O& o) {
  return {"pointwise", o.pointwise_initializer, o.pointwise_regularizer, o.pointwise_constraint};
}

/// Writes what all of the options have, in Keras's order, but for the weights' arguments.
template <class O>
void set_common(Config& config, const O& o) {
  config.set("strides", o.strides.list()).set("padding", o.padding);
  if constexpr (requires { o.output_padding; }) {
    const bool given = o.output_padding.given();
    config.set("output_padding", given ? ConfigValue(o.output_padding.list()) : ConfigValue());
  }
  config.set("data_format", o.data_format).set("dilation_rate", o.dilation_rate.list());
  if constexpr (requires { o.groups; }) config.set("groups", o.groups);
  config.set("activation", activations::serialize(o.activation)).set("use_bias", o.use_bias);
}

/// Reads what all of the options have.
template <class O>
void read_common(const Config& c, O& o) {
  read_sizes(c, "strides", o.strides);
  detail::read(c, "padding", o.padding);
  o.data_format = data_format_from(c);
  read_sizes(c, "dilation_rate", o.dilation_rate);
  detail::read(c, "activation", o.activation);
  detail::read(c, "use_bias", o.use_bias);
  detail::read(c, "bias_initializer", o.bias_initializer);
  detail::read(c, "bias_regularizer", o.bias_regularizer);
  detail::read(c, "activity_regularizer", o.activity_regularizer);
  detail::read(c, "bias_constraint", o.bias_constraint);
}
template <class O>
void read_kernel(const Config& c, O& o) {
  detail::read(c, "kernel_initializer", o.kernel_initializer);
  detail::read(c, "kernel_regularizer", o.kernel_regularizer);
  detail::read(c, "kernel_constraint", o.kernel_constraint);
}
template <class O>
void read_depthwise(const Config& c, O& o) {
  detail::read(c, "depth_multiplier", o.depth_multiplier);
  detail::read(c, "depthwise_initializer", o.depthwise_initializer);
  detail::read(c, "depthwise_regularizer", o.depthwise_regularizer);
  detail::read(c, "depthwise_constraint", o.depthwise_constraint);
}

ops::Sizes kernel_size_of(const Config& c);

// The readers of the layers' configs.

template <class L, class O>
AnyLayer conv_from_config(const Config& c) {
  auto o = detail::options_from<O>(c);
  read_common(c, o);
  read_kernel(c, o);
  if constexpr (requires { o.groups; }) detail::read(c, "groups", o.groups);
  if constexpr (requires { o.output_padding; }) read_sizes(c, "output_padding", o.output_padding);
  detail::refuse_option(c, "Convolution", "lora_rank");
  return L(c.get<int>("filters"), kernel_size_of(c), std::move(o));
}
template <class L, class O>
AnyLayer depthwise_from_config(const Config& c) {
  auto o = detail::options_from<O>(c);
  read_common(c, o);
  read_depthwise(c, o);
  return L(kernel_size_of(c), std::move(o));
}
template <class L, class O>
AnyLayer separable_from_config(const Config& c) {
  auto o = detail::options_from<O>(c);
  read_common(c, o);
  read_depthwise(c, o);
  detail::read(c, "pointwise_initializer", o.pointwise_initializer);
  detail::read(c, "pointwise_regularizer", o.pointwise_regularizer);
  detail::read(c, "pointwise_constraint", o.pointwise_constraint);
  return L(c.get<int>("filters"), kernel_size_of(c), std::move(o));
}

}  // namespace weft::layers
