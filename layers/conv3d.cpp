#include <weft/layers/conv3d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/convolutional/spatial.hpp"

namespace weft {
namespace layers {

Conv3DLayer::Conv3DLayer(int filters, const ops::Sizes& kernel_size, ConvOptions options)
    : BaseConvLayer(3, filters, kernel_size, std::move(options), "Conv3D") {}

Conv3D::Conv3D(int filters, const ops::Sizes& kernel_size, ConvOptions options)
    : LayerRef(layer<Conv3DLayer>(filters, kernel_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_conv3d() {
  detail::register_layer("Conv3D", layers::conv_from_config<layers::Conv3D, layers::ConvOptions>);
}
}  // namespace registration

}  // namespace weft
