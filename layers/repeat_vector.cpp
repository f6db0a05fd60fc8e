#include <fmt/core.h>
#include <weft/core/ops/expand_dims.h>
#include <weft/core/ops/full.h>
#include <weft/layers/repeat_vector.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"

namespace weft {
namespace layers {
namespace {

int checked(int n) {
  if (n > 0) return n;
  throw Error(
      fmt::format("RepeatVector: Argument `n` should be a positive integer. Received: n={}", n));
}

AnyLayer from_config(const Config& c) {
  return RepeatVector(c.get<int>("n"), detail::options_from<LayerOptions>(c));
}

}  // namespace

RepeatVectorLayer::RepeatVectorLayer(int n, LayerOptions options)
    : Layer(std::move(options), "RepeatVector"), n_(checked(n)) {
  set_input_spec(InputSpec{.ndim = 2});
}

// Nothing to make; Keras's files keep the input's shape.
void RepeatVectorLayer::build(const Shape&) {}

// A product with ones broadcasts whatever the batch is, also while it is None.
Tensor RepeatVectorLayer::call(const Tensor& inputs) {
  return ops::expand_dims(inputs, 1) * ops::ones({1, n_, 1}, inputs.dtype());
}

Config RepeatVectorLayer::get_config() const { return Layer::get_config().set("n", n_); }

RepeatVector::RepeatVector(int n, LayerOptions options)
    : LayerRef(layer<RepeatVectorLayer>(n, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_repeat_vector() { detail::register_layer("RepeatVector", layers::from_config); }
}  // namespace registration

}  // namespace weft
