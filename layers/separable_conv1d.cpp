#include <weft/layers/separable_conv1d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/convolutional/spatial.hpp"

namespace weft {
namespace layers {

SeparableConv1DLayer::SeparableConv1DLayer(int filters, const ops::Sizes& kernel_size,
                                           SeparableConvOptions options)
    : BaseSeparableConvLayer(1, filters, kernel_size, std::move(options), "SeparableConv1D") {}

SeparableConv1D::SeparableConv1D(int filters, const ops::Sizes& kernel_size,
                                 SeparableConvOptions options)
    : LayerRef(layer<SeparableConv1DLayer>(filters, kernel_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_separable_conv1d() {
  detail::register_layer(
      "SeparableConv1D",
      layers::separable_from_config<layers::SeparableConv1D, layers::SeparableConvOptions>);
}
}  // namespace registration

}  // namespace weft
