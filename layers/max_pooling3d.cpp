#include <weft/layers/max_pooling3d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/pooling/from_config.hpp"

namespace weft {
namespace layers {

MaxPooling3DLayer::MaxPooling3DLayer(const ops::Sizes& pool_size, PoolingOptions options)
    : BasePoolingLayer(Mode::max, 3, pool_size, std::move(options), "MaxPooling3D") {}

MaxPooling3D::MaxPooling3D(const ops::Sizes& pool_size, PoolingOptions options)
    : LayerRef(layer<MaxPooling3DLayer>(pool_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_max_pooling3d() {
  detail::register_layer("MaxPooling3D", layers::pooling_from_config<layers::MaxPooling3D>);
}
}  // namespace registration

}  // namespace weft
