#include <weft/layers/depthwise_conv2d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/convolutional/spatial.hpp"

namespace weft {
namespace layers {

DepthwiseConv2DLayer::DepthwiseConv2DLayer(const ops::Sizes& kernel_size,
                                           DepthwiseConvOptions options)
    : BaseDepthwiseConvLayer(2, kernel_size, std::move(options), "DepthwiseConv2D") {}

DepthwiseConv2D::DepthwiseConv2D(const ops::Sizes& kernel_size, DepthwiseConvOptions options)
    : LayerRef(layer<DepthwiseConv2DLayer>(kernel_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_depthwise_conv2d() {
  detail::register_layer(
      "DepthwiseConv2D",
      layers::depthwise_from_config<layers::DepthwiseConv2D, layers::DepthwiseConvOptions>);
}
}  // namespace registration

}  // namespace weft
