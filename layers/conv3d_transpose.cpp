#include <weft/layers/conv3d_transpose.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/convolutional/spatial.hpp"

namespace weft {
namespace layers {
namespace {

ConvTransposeOptions in_base_order(Conv3DTransposeOptions o) {
  return {.strides = std::move(o.strides),
          .padding = std::move(o.padding),
          .output_padding = std::move(o.output_padding),
          .data_format = std::move(o.data_format),
          .dilation_rate = std::move(o.dilation_rate),
          .activation = std::move(o.activation),
          .use_bias = o.use_bias,
          .kernel_initializer = std::move(o.kernel_initializer),
          .bias_initializer = std::move(o.bias_initializer),
          .kernel_regularizer = std::move(o.kernel_regularizer),
          .bias_regularizer = std::move(o.bias_regularizer),
          .activity_regularizer = std::move(o.activity_regularizer),
          .kernel_constraint = std::move(o.kernel_constraint),
          .bias_constraint = std::move(o.bias_constraint),
          .name = std::move(o.name),
          .dtype = o.dtype,
          .trainable = o.trainable,
          .input_shape = std::move(o.input_shape)};
}

}  // namespace

Conv3DTransposeLayer::Conv3DTransposeLayer(int filters, const ops::Sizes& kernel_size,
                                           Conv3DTransposeOptions options)
    : BaseConvTransposeLayer(3, filters, kernel_size, in_base_order(std::move(options)),
                             "Conv3DTranspose") {}

Conv3DTranspose::Conv3DTranspose(int filters, const ops::Sizes& kernel_size,
                                 Conv3DTransposeOptions options)
    : LayerRef(layer<Conv3DTransposeLayer>(filters, kernel_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_conv3d_transpose() {
  detail::register_layer(
      "Conv3DTranspose",
      layers::conv_from_config<layers::Conv3DTranspose, layers::Conv3DTransposeOptions>);
}
}  // namespace registration

}  // namespace weft
