#include <fmt/core.h>
#include <weft/layers/gaussian_noise.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/random_initializer.hpp"

namespace weft {
namespace layers {
namespace {

double checked(double stddev) {
  if (stddev >= 0 && stddev <= 1) return stddev;
  throw Error(
      fmt::format("GaussianNoise: Invalid value received for argument `stddev`. Expected a float "
                  "value between 0 and 1. "
                  "Received: stddev={}",
                  stddev));
}

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<GaussianNoiseOptions>(c);
  o.seed = detail::seed_of(c);
  return GaussianNoise(c.get<double>("stddev"), std::move(o));
}

}  // namespace

GaussianNoiseLayer::GaussianNoiseLayer(double stddev, GaussianNoiseOptions options)
    : Layer(detail::layer_options(options), "GaussianNoise"),
      stddev_(checked(stddev)),
      options_(std::move(options)) {
  supports_masking = true;
  if (stddev_ > 0) seed_generator_ = add_seed_generator(options_.seed);
}

Tensor GaussianNoiseLayer::call(const Tensor& inputs, bool training) {
  if (!training || stddev_ == 0) return inputs;
  return inputs +
         random::normal(inputs.shape(),
                        {.stddev = stddev_, .dtype = compute_dtype(), .seed = *seed_generator_});
}

Config GaussianNoiseLayer::get_config() const {
  return Layer::get_config().set("stddev", stddev_).set("seed", options_.seed);
}

GaussianNoise::GaussianNoise(double stddev, GaussianNoiseOptions options)
    : LayerRef(layer<GaussianNoiseLayer>(stddev, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_gaussian_noise() { detail::register_layer("GaussianNoise", layers::from_config); }
}  // namespace registration

}  // namespace weft
