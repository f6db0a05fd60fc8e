#include <weft/core/ops/pad.h>
#include <weft/layers/zero_padding2d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/tuples.hpp"
#include "layers/reshaping/margin_arguments.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<ZeroPadding2DOptions>(c);
  o.data_format = data_format_from(c);
  return ZeroPadding2D(margins_from(c["padding"]), std::move(o));
}

}  // namespace

ZeroPadding2DLayer::ZeroPadding2DLayer(const Margins& padding, ZeroPadding2DOptions options)
    : Layer(detail::layer_options(options), "ZeroPadding2D"),
      padding_(margins_of("ZeroPadding2D", "padding", padding, 2)),
      data_format_(standard_data_format("ZeroPadding2D", options.data_format.value_or(""))) {
  set_input_spec(InputSpec{.ndim = 4});
}

// Nothing to make; Keras's files keep the input's shape.
void ZeroPadding2DLayer::build(const Shape&) {}

Tensor ZeroPadding2DLayer::call(const Tensor& inputs) {
  std::vector<std::pair<std::int64_t, std::int64_t>> widths = {{0, 0}};
  for (const Margin& m : padding_) widths.emplace_back(m.before, m.behind);
  widths.insert(data_format_ == "channels_first" ? widths.begin() : widths.end(), {0, 0});
  return ops::pad(inputs, widths);
}

Config ZeroPadding2DLayer::get_config() const {
  return Layer::get_config()
      .set("padding", margins_config(padding_))
      .set("data_format", data_format_);
}

ZeroPadding2D::ZeroPadding2D(const Margins& padding, ZeroPadding2DOptions options)
    : LayerRef(layer<ZeroPadding2DLayer>(padding, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_zero_padding2d() { detail::register_layer("ZeroPadding2D", layers::from_config); }
}  // namespace registration

}  // namespace weft
