#include <weft/layers/global_max_pooling2d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/pooling/from_config.hpp"

namespace weft {
namespace layers {

GlobalMaxPooling2DLayer::GlobalMaxPooling2DLayer(GlobalPoolingOptions options)
    : BaseGlobalPoolingLayer(2, std::move(options), "GlobalMaxPooling2D") {}

Tensor GlobalMaxPooling2DLayer::call(const Tensor& inputs) { return max(inputs); }

GlobalMaxPooling2D::GlobalMaxPooling2D(GlobalPoolingOptions options)
    : LayerRef(layer<GlobalMaxPooling2DLayer>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_global_max_pooling2d() {
  detail::register_layer("GlobalMaxPooling2D",
                         layers::global_pooling_from_config<layers::GlobalMaxPooling2D>);
}
}  // namespace registration

}  // namespace weft
