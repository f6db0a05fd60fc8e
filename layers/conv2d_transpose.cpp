#include <weft/layers/conv2d_transpose.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/convolutional/spatial.hpp"

namespace weft {
namespace layers {

Conv2DTransposeLayer::Conv2DTransposeLayer(int filters, const ops::Sizes& kernel_size,
                                           ConvTransposeOptions options)
    : BaseConvTransposeLayer(2, filters, kernel_size, std::move(options), "Conv2DTranspose") {}

Conv2DTranspose::Conv2DTranspose(int filters, const ops::Sizes& kernel_size,
                                 ConvTransposeOptions options)
    : LayerRef(layer<Conv2DTransposeLayer>(filters, kernel_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_conv2d_transpose() {
  detail::register_layer(
      "Conv2DTranspose",
      layers::conv_from_config<layers::Conv2DTranspose, layers::ConvTransposeOptions>);
}
}  // namespace registration

}  // namespace weft
