#include <fmt/core.h>
#include <weft/core/ops/reshape.h>
#include <weft/core/ops/transpose.h>
#include <weft/layers/flatten.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"

namespace weft {
namespace layers {
namespace {

std::string checked_format(std::string format) {
  if (format.empty()) return "channels_last";
  if (format == "channels_last" || format == "channels_first") return format;
  throw Error(
      fmt::format("Flatten: the `data_format` argument must be one of 'channels_last', "
                  "'channels_first'. Received: {}",
                  format));
}

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<FlattenOptions>(c);
  if (c.contains("data_format"))
    o.data_format = c.get<std::optional<std::string>>("data_format").value_or("");
  return Flatten(std::move(o));
}

}  // namespace

FlattenLayer::FlattenLayer(FlattenOptions options)
    : Layer(detail::layer_options(options), "Flatten"),
      data_format_(checked_format(options.data_format)) {
  set_input_spec(InputSpec{.min_ndim = 1});
}

// Nothing to make; Keras's files keep the input's shape.
void FlattenLayer::build(const Shape&) {}

Tensor FlattenLayer::call(const Tensor& inputs) {
  Tensor x = inputs;
  const int rank = x.shape().rank();
  if (data_format_ == "channels_first" && rank > 2) {
    std::vector<int> axes = {0};
    for (int axis = 2; axis < rank; ++axis) axes.push_back(axis);
    axes.push_back(1);
    x = ops::transpose(x, axes);
  }
  Dim flat = 1;
  const Shape shape = x.shape();
  for (int axis = 1; axis < rank && flat.known(); ++axis) {
    flat = shape[axis].known() ? Dim(flat * shape[axis]) : None;
  }
  return ops::reshape(x, {shape[0], flat.known() ? flat : Dim(-1)});
}

Config FlattenLayer::get_config() const {
  return Layer::get_config().set("data_format", data_format_);
}

Flatten::Flatten(FlattenOptions options) : LayerRef(layer<FlattenLayer>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_flatten() { detail::register_layer("Flatten", layers::from_config); }
}  // namespace registration

}  // namespace weft
