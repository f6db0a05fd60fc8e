#include <weft/layers/zero_padding2d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/reshaping/from_config.hpp"

namespace weft {
namespace layers {

ZeroPadding2DLayer::ZeroPadding2DLayer(const Margins& padding, ZeroPadding2DOptions options)
    : BaseZeroPaddingLayer(2, padding, std::move(options), "ZeroPadding2D") {}

ZeroPadding2D::ZeroPadding2D(const Margins& padding, ZeroPadding2DOptions options)
    : LayerRef(layer<ZeroPadding2DLayer>(padding, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_zero_padding2d() {
  detail::register_layer("ZeroPadding2D", layers::zero_padding_from_config<layers::ZeroPadding2D>);
}
}  // namespace registration

}  // namespace weft
