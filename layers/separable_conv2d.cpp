#include <weft/layers/separable_conv2d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/convolutional/spatial.hpp"

namespace weft {
namespace layers {

SeparableConv2DLayer::SeparableConv2DLayer(int filters, const ops::Sizes& kernel_size,
                                           SeparableConvOptions options)
    : BaseSeparableConvLayer(2, filters, kernel_size, std::move(options), "SeparableConv2D") {}

SeparableConv2D::SeparableConv2D(int filters, const ops::Sizes& kernel_size,
                                 SeparableConvOptions options)
    : LayerRef(layer<SeparableConv2DLayer>(filters, kernel_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_separable_conv2d() {
  detail::register_layer(
      "SeparableConv2D",
      layers::separable_from_config<layers::SeparableConv2D, layers::SeparableConvOptions>);
}
}  // namespace registration

}  // namespace weft
