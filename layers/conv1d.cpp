#include <weft/layers/conv1d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/convolutional/spatial.hpp"

namespace weft {
namespace layers {

Conv1DLayer::Conv1DLayer(int filters, const ops::Sizes& kernel_size, ConvOptions options)
    : BaseConvLayer(1, filters, kernel_size, std::move(options), "Conv1D") {}

Conv1D::Conv1D(int filters, const ops::Sizes& kernel_size, ConvOptions options)
    : LayerRef(layer<Conv1DLayer>(filters, kernel_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_conv1d() {
  detail::register_layer("Conv1D", layers::conv_from_config<layers::Conv1D, layers::ConvOptions>);
}
}  // namespace registration

}  // namespace weft
