#include <weft/layers/conv1d_transpose.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/convolutional/spatial.hpp"

namespace weft {
namespace layers {

Conv1DTransposeLayer::Conv1DTransposeLayer(int filters, const ops::Sizes& kernel_size,
                                           ConvTransposeOptions options)
    : BaseConvTransposeLayer(1, filters, kernel_size, std::move(options), "Conv1DTranspose") {}

Conv1DTranspose::Conv1DTranspose(int filters, const ops::Sizes& kernel_size,
                                 ConvTransposeOptions options)
    : LayerRef(layer<Conv1DTransposeLayer>(filters, kernel_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_conv1d_transpose() {
  detail::register_layer(
      "Conv1DTranspose",
      layers::conv_from_config<layers::Conv1DTranspose, layers::ConvTransposeOptions>);
}
}  // namespace registration

}  // namespace weft
