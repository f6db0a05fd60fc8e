#include <weft/layers/global_max_pooling3d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/pooling/from_config.hpp"

namespace weft {
namespace layers {

GlobalMaxPooling3DLayer::GlobalMaxPooling3DLayer(GlobalPoolingOptions options)
    : BaseGlobalPoolingLayer(3, std::move(options), "GlobalMaxPooling3D") {}

Tensor GlobalMaxPooling3DLayer::call(const Tensor& inputs) { return max(inputs); }

GlobalMaxPooling3D::GlobalMaxPooling3D(GlobalPoolingOptions options)
    : LayerRef(layer<GlobalMaxPooling3DLayer>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_global_max_pooling3d() {
  detail::register_layer("GlobalMaxPooling3D",
                         layers::global_pooling_from_config<layers::GlobalMaxPooling3D>);
}
}  // namespace registration

}  // namespace weft
