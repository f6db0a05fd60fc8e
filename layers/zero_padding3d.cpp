#include <weft/layers/zero_padding3d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/reshaping/from_config.hpp"

namespace weft {
namespace layers {

ZeroPadding3DLayer::ZeroPadding3DLayer(const Margins& padding, ZeroPadding3DOptions options)
    : BaseZeroPaddingLayer(3, padding, std::move(options), "ZeroPadding3D") {}

ZeroPadding3D::ZeroPadding3D(const Margins& padding, ZeroPadding3DOptions options)
    : LayerRef(layer<ZeroPadding3DLayer>(padding, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_zero_padding3d() {
  detail::register_layer("ZeroPadding3D", layers::zero_padding_from_config<layers::ZeroPadding3D>);
}
}  // namespace registration

}  // namespace weft
