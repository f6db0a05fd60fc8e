#include <weft/core/ops/pad.h>
#include <weft/layers/zero_padding3d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/tuples.hpp"
#include "layers/reshaping/margin_arguments.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<ZeroPadding3DOptions>(c);
  o.data_format = data_format_from(c);
  return ZeroPadding3D(margins_from(c["padding"]), std::move(o));
}

}  // namespace

ZeroPadding3DLayer::ZeroPadding3DLayer(const Margins& padding, ZeroPadding3DOptions options)
    : Layer(detail::layer_options(options), "ZeroPadding3D"),
      padding_(margins_of("ZeroPadding3D", "padding", padding, 3)),
      data_format_(standard_data_format("ZeroPadding3D", options.data_format.value_or(""))) {
  set_input_spec(InputSpec{.ndim = 5});
}

// Nothing to make; Keras's files keep the input's shape.
void ZeroPadding3DLayer::build(const Shape&) {}

Tensor ZeroPadding3DLayer::call(const Tensor& inputs) {
  std::vector<std::pair<std::int64_t, std::int64_t>> widths = {{0, 0}};
  for (const Margin& m : padding_) widths.emplace_back(m.before, m.behind);
  widths.insert(data_format_ == "channels_first" ? widths.begin() : widths.end(), {0, 0});
  return ops::pad(inputs, widths);
}

Config ZeroPadding3DLayer::get_config() const {
  return Layer::get_config()
      .set("padding", margins_config(padding_))
      .set("data_format", data_format_);
}

ZeroPadding3D::ZeroPadding3D(const Margins& padding, ZeroPadding3DOptions options)
    : LayerRef(layer<ZeroPadding3DLayer>(padding, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_zero_padding3d() { detail::register_layer("ZeroPadding3D", layers::from_config); }
}  // namespace registration

}  // namespace weft
