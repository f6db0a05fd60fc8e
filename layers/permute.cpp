#include <weft/core/ops/transpose.h>
#include <weft/layers/permute.h>

#include <algorithm>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"

namespace weft {
namespace layers {
namespace {

std::vector<int> checked(std::vector<int> dims) {
  std::vector<int> sorted = dims;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i] == static_cast<int>(i) + 1) continue;
    throw Error(
        "Invalid permutation argument `dims` for Permute Layer. The set of indices in `dims` must "
        "be consecutive and "
        "start from 1. Received dims=" +
        detail::to_text(ConfigValue(dims)));
  }
  return dims;
}

AnyLayer from_config(const Config& c) {
  return Permute(c.get<std::vector<int>>("dims"), detail::options_from<LayerOptions>(c));
}

}  // namespace

PermuteLayer::PermuteLayer(std::vector<int> dims, LayerOptions options)
    : Layer(std::move(options), "Permute"), dims_(checked(std::move(dims))) {
  set_input_spec(InputSpec{.ndim = static_cast<int>(dims_.size()) + 1});
}

// Nothing to make; Keras's files keep the input's shape.
void PermuteLayer::build(const Shape&) {}

Tensor PermuteLayer::call(const Tensor& inputs) {
  std::vector<int> axes = {0};
  axes.insert(axes.end(), dims_.begin(), dims_.end());
  return ops::transpose(inputs, axes);
}

Config PermuteLayer::get_config() const { return Layer::get_config().set("dims", dims_); }

Permute::Permute(std::vector<int> dims, LayerOptions options)
    : LayerRef(layer<PermuteLayer>(std::move(dims), std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_permute() { detail::register_layer("Permute", layers::from_config); }
}  // namespace registration

}  // namespace weft
