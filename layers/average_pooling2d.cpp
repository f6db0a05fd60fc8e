#include <weft/layers/average_pooling2d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/pooling/from_config.hpp"

namespace weft {
namespace layers {

AveragePooling2DLayer::AveragePooling2DLayer(const ops::Sizes& pool_size, PoolingOptions options)
    : BasePoolingLayer(Mode::average, 2, pool_size, std::move(options), "AveragePooling2D") {}

AveragePooling2D::AveragePooling2D(const ops::Sizes& pool_size, PoolingOptions options)
    : LayerRef(layer<AveragePooling2DLayer>(pool_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_average_pooling2d() {
  detail::register_layer("AveragePooling2D", layers::pooling_from_config<layers::AveragePooling2D>);
}
}  // namespace registration

}  // namespace weft
