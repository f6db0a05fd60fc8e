#include <fmt/core.h>
#include <weft/layers/dropout.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/random_initializer.hpp"

namespace weft {
namespace layers {
namespace {

double checked_rate(double rate) {
  if (rate >= 0 && rate <= 1) return rate;
  throw Error(
      fmt::format("Dropout: Invalid value received for argument `rate`. Expected a float value "
                  "between 0 and 1. "
                  "Received: rate={}",
                  rate));
}

void check_noise_shape(const Shape& shape) {
  for (int i = 0; i < shape.rank(); ++i) {
    if (!shape[i].known() || shape[i] > 0) continue;
    throw Error(
        fmt::format("Dropout: Invalid value received for argument `noise_shape`. Expected all "
                    "dimensions to be positive "
                    "integers or None. Received negative or zero value at index {}: {}",
                    i, static_cast<std::int64_t>(shape[i])));
  }
}

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<DropoutOptions>(c);
  o.seed = detail::seed_of(c);
  if (c.contains("noise_shape") && !c["noise_shape"].is_null())
    o.noise_shape = c.get<Shape>("noise_shape");
  return Dropout(c.get<double>("rate"), std::move(o));
}

}  // namespace

DropoutLayer::DropoutLayer(double rate, DropoutOptions options)
    : Layer(detail::layer_options(options), "Dropout"),
      rate_(checked_rate(rate)),
      options_(std::move(options)) {
  supports_masking = true;
  if (options_.noise_shape) check_noise_shape(*options_.noise_shape);
  if (rate_ > 0) seed_generator_ = add_seed_generator(options_.seed);
}

Tensor DropoutLayer::call(const Tensor& inputs, bool training) {
  if (!training || rate_ == 0) return inputs;
  const Shape pattern = options_.noise_shape.value_or(Shape());
  if (pattern.rank() != 0 && pattern.rank() != inputs.shape().rank()) {
    throw ShapeError(
        fmt::format("{}: `noise_shape` must have the rank of the input. Expected: rank {}. "
                    "Received: noise_shape={}",
                    name(), inputs.shape().rank(), pattern.to_string()));
  }
  return random::dropout(inputs, rate_, {.noise_shape = pattern, .seed = *seed_generator_});
}

Config DropoutLayer::get_config() const {
  return Layer::get_config()
      .set("rate", rate_)
      .set("seed", options_.seed)
      .set("noise_shape",
           options_.noise_shape ? ConfigValue(*options_.noise_shape) : ConfigValue());
}

Dropout::Dropout(double rate, DropoutOptions options)
    : LayerRef(layer<DropoutLayer>(rate, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_dropout() { detail::register_layer("Dropout", layers::from_config); }
}  // namespace registration

}  // namespace weft
