#include <fmt/core.h>
#include <weft/core/ops/matmul.h>
#include <weft/layers/dense.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"

namespace weft {
namespace layers {
namespace {

int checked_units(int units) {
  if (units > 0) return units;
  throw Error(
      fmt::format("Dense: received an invalid value for `units`, expected a positive integer. "
                  "Received: units={}",
                  units));
}

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<DenseOptions>(c);
  detail::read(c, "activation", o.activation);
  detail::read(c, "use_bias", o.use_bias);
  detail::read(c, "kernel_initializer", o.kernel_initializer);
  detail::read(c, "bias_initializer", o.bias_initializer);
  detail::read(c, "kernel_regularizer", o.kernel_regularizer);
  detail::read(c, "bias_regularizer", o.bias_regularizer);
  detail::read(c, "activity_regularizer", o.activity_regularizer);
  detail::read(c, "kernel_constraint", o.kernel_constraint);
  detail::read(c, "bias_constraint", o.bias_constraint);
  for (const char* key : {"lora_rank", "quantization_config"})
    detail::refuse_option(c, "Dense", key);
  return Dense(c.get<int>("units"), std::move(o));
}

}  // namespace

DenseLayer::DenseLayer(int units, DenseOptions options)
    : Layer(detail::layer_options(options), "Dense"),
      units_(checked_units(units)),
      options_(std::move(options)) {
  supports_masking = true;
  set_input_spec(InputSpec{.min_ndim = 2});
  set_activity_regularizer(options_.activity_regularizer);
}

void DenseLayer::build(const Shape& input_shape) {
  const Dim last = input_shape[-1];
  kernel_ = add_weight({.shape = {last, units_},
                        .initializer = options_.kernel_initializer,
                        .regularizer = options_.kernel_regularizer,
                        .constraint = options_.kernel_constraint,
                        .name = "kernel"});
  if (options_.use_bias) {
    bias_ = add_weight({.shape = {units_},
                        .initializer = options_.bias_initializer,
                        .regularizer = options_.bias_regularizer,
                        .constraint = options_.bias_constraint,
                        .name = "bias"});
  }
  set_input_spec(InputSpec{.min_ndim = 2, .axes = {{-1, last}}});
}

Tensor DenseLayer::call(const Tensor& inputs) {
  // Under a mixed policy the weights are read in the dtype that is computed in.
  const DType dtype = compute_dtype();
  Tensor x = ops::matmul(inputs, kernel_.value().astype(dtype));
  if (bias_) x = x + bias_.value().astype(dtype);
  return options_.activation(x);
}

Config DenseLayer::get_config() const {
  return Layer::get_config()
      .set("units", units_)
      .set("activation", activations::serialize(options_.activation))
      .set("use_bias", options_.use_bias)
      .set("kernel_initializer", detail::config_of(options_.kernel_initializer))
      .set("bias_initializer", detail::config_of(options_.bias_initializer))
      .set("kernel_regularizer", detail::config_of(options_.kernel_regularizer))
      .set("bias_regularizer", detail::config_of(options_.bias_regularizer))
      .set("kernel_constraint", detail::config_of(options_.kernel_constraint))
      .set("bias_constraint", detail::config_of(options_.bias_constraint));
}

Dense::Dense(int units, DenseOptions options)
    : LayerRef(layer<DenseLayer>(units, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_dense() { detail::register_layer("Dense", layers::from_config); }
}  // namespace registration

}  // namespace weft
