#include <fmt/core.h>
#include <weft/core/ops/matmul.h>
#include <weft/layers/dense.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/weight_arguments.hpp"

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
  detail::read_kernel_and_bias(c, o);
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
  kernel_ = add_weight(detail::kernel_of(options_).weight({last, units_}));
  if (options_.use_bias) bias_ = add_weight(detail::bias_of(options_).weight({units_}));
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
  Config config = Layer::get_config()
                      .set("units", units_)
                      .set("activation", activations::serialize(options_.activation))
                      .set("use_bias", options_.use_bias);
  detail::set_weights(config, {detail::kernel_of(options_), detail::bias_of(options_)});
  return config;
}

Dense::Dense(int units, DenseOptions options)
    : LayerRef(layer<DenseLayer>(units, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_dense() { detail::register_layer("Dense", layers::from_config); }
}  // namespace registration

}  // namespace weft
