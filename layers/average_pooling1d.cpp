#include <weft/layers/average_pooling1d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/pooling/from_config.hpp"

namespace weft {
namespace layers {

AveragePooling1DLayer::AveragePooling1DLayer(const ops::Sizes& pool_size, PoolingOptions options)
    : BasePoolingLayer(Mode::average, 1, pool_size, std::move(options), "AveragePooling1D") {}

AveragePooling1D::AveragePooling1D(const ops::Sizes& pool_size, PoolingOptions options)
    : LayerRef(layer<AveragePooling1DLayer>(pool_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_average_pooling1d() {
  detail::register_layer("AveragePooling1D", layers::pooling_from_config<layers::AveragePooling1D>);
}
}  // namespace registration

}  // namespace weft
