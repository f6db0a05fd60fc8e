#include <weft/layers/average_pooling3d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/pooling/from_config.hpp"

namespace weft {
namespace layers {

AveragePooling3DLayer::AveragePooling3DLayer(const ops::Sizes& pool_size, PoolingOptions options)
    : BasePoolingLayer(Mode::average, 3, pool_size, std::move(options), "AveragePooling3D") {}

AveragePooling3D::AveragePooling3D(const ops::Sizes& pool_size, PoolingOptions options)
    : LayerRef(layer<AveragePooling3DLayer>(pool_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_average_pooling3d() {
  detail::register_layer("AveragePooling3D", layers::pooling_from_config<layers::AveragePooling3D>);
}
}  // namespace registration

}  // namespace weft
