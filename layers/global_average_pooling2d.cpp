#include <weft/layers/global_average_pooling2d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/pooling/from_config.hpp"

namespace weft {
namespace layers {

GlobalAveragePooling2DLayer::GlobalAveragePooling2DLayer(GlobalPoolingOptions options)
    : BaseGlobalPoolingLayer(2, std::move(options), "GlobalAveragePooling2D") {}

Tensor GlobalAveragePooling2DLayer::call(const Tensor& inputs) { return mean(inputs); }

GlobalAveragePooling2D::GlobalAveragePooling2D(GlobalPoolingOptions options)
    : LayerRef(layer<GlobalAveragePooling2DLayer>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_global_average_pooling2d() {
  detail::register_layer("GlobalAveragePooling2D",
                         layers::global_pooling_from_config<layers::GlobalAveragePooling2D>);
}
}  // namespace registration

}  // namespace weft
