#include <weft/layers/depthwise_conv1d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/convolutional/spatial.hpp"

namespace weft {
namespace layers {

DepthwiseConv1DLayer::DepthwiseConv1DLayer(const ops::Sizes& kernel_size,
                                           DepthwiseConvOptions options)
    : BaseDepthwiseConvLayer(1, kernel_size, std::move(options), "DepthwiseConv1D") {}

DepthwiseConv1D::DepthwiseConv1D(const ops::Sizes& kernel_size, DepthwiseConvOptions options)
    : LayerRef(layer<DepthwiseConv1DLayer>(kernel_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_depthwise_conv1d() {
  detail::register_layer(
      "DepthwiseConv1D",
      layers::depthwise_from_config<layers::DepthwiseConv1D, layers::DepthwiseConvOptions>);
}
}  // namespace registration

}  // namespace weft
