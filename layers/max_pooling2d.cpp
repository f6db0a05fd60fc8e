#include <weft/layers/max_pooling2d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/pooling/from_config.hpp"

namespace weft {
namespace layers {

MaxPooling2DLayer::MaxPooling2DLayer(const ops::Sizes& pool_size, PoolingOptions options)
    : BasePoolingLayer(Mode::max, 2, pool_size, std::move(options), "MaxPooling2D") {}

MaxPooling2D::MaxPooling2D(const ops::Sizes& pool_size, PoolingOptions options)
    : LayerRef(layer<MaxPooling2DLayer>(pool_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_max_pooling2d() {
  detail::register_layer("MaxPooling2D", layers::pooling_from_config<layers::MaxPooling2D>);
}
}  // namespace registration

}  // namespace weft
