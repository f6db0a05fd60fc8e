#include <weft/layers/global_average_pooling3d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/pooling/from_config.hpp"

namespace weft {
namespace layers {

GlobalAveragePooling3DLayer::GlobalAveragePooling3DLayer(GlobalPoolingOptions options)
    : BaseGlobalPoolingLayer(3, std::move(options), "GlobalAveragePooling3D") {}

Tensor GlobalAveragePooling3DLayer::call(const Tensor& inputs) { return mean(inputs); }

GlobalAveragePooling3D::GlobalAveragePooling3D(GlobalPoolingOptions options)
    : LayerRef(layer<GlobalAveragePooling3DLayer>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_global_average_pooling3d() {
  detail::register_layer("GlobalAveragePooling3D",
                         layers::global_pooling_from_config<layers::GlobalAveragePooling3D>);
}
}  // namespace registration

}  // namespace weft
