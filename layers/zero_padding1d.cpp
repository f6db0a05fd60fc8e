#include <weft/core/ops/pad.h>
#include <weft/layers/zero_padding1d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/tuples.hpp"
#include "layers/reshaping/margin_arguments.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<ZeroPadding1DOptions>(c);
  o.data_format = data_format_from(c);
  return ZeroPadding1D(margin_from(c["padding"]), std::move(o));
}

}  // namespace

ZeroPadding1DLayer::ZeroPadding1DLayer(const Margin& padding, ZeroPadding1DOptions options)
    : Layer(detail::layer_options(options), "ZeroPadding1D"),
      padding_(margin_of("ZeroPadding1D", "padding", padding)),
      data_format_(standard_data_format("ZeroPadding1D", options.data_format.value_or(""))) {
  set_input_spec(InputSpec{.ndim = 3});
}

// Nothing to make; Keras's files keep the input's shape.
void ZeroPadding1DLayer::build(const Shape&) {}

Tensor ZeroPadding1DLayer::call(const Tensor& inputs) {
  std::vector<std::pair<std::int64_t, std::int64_t>> widths = {{0, 0}};
  widths.emplace_back(padding_.before, padding_.behind);
  widths.insert(data_format_ == "channels_first" ? widths.begin() : widths.end(), {0, 0});
  return ops::pad(inputs, widths);
}

Config ZeroPadding1DLayer::get_config() const {
  return Layer::get_config()
      .set("padding", margin_config(padding_))
      .set("data_format", data_format_);
}

ZeroPadding1D::ZeroPadding1D(const Margin& padding, ZeroPadding1DOptions options)
    : LayerRef(layer<ZeroPadding1DLayer>(padding, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_zero_padding1d() { detail::register_layer("ZeroPadding1D", layers::from_config); }
}  // namespace registration

}  // namespace weft
