#include <weft/layers/conv2d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/convolutional/spatial.hpp"

namespace weft {
namespace layers {

Conv2DLayer::Conv2DLayer(int filters, const ops::Sizes& kernel_size, ConvOptions options)
    : BaseConvLayer(2, filters, kernel_size, std::move(options), "Conv2D") {}

Conv2D::Conv2D(int filters, const ops::Sizes& kernel_size, ConvOptions options)
    : LayerRef(layer<Conv2DLayer>(filters, kernel_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_conv2d() {
  detail::register_layer("Conv2D", layers::conv_from_config<layers::Conv2D, layers::ConvOptions>);
}
}  // namespace registration

}  // namespace weft
