#include <weft/layers/max_pooling1d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/pooling/from_config.hpp"

namespace weft {
namespace layers {

MaxPooling1DLayer::MaxPooling1DLayer(const ops::Sizes& pool_size, PoolingOptions options)
    : BasePoolingLayer(Mode::max, 1, pool_size, std::move(options), "MaxPooling1D") {}

MaxPooling1D::MaxPooling1D(const ops::Sizes& pool_size, PoolingOptions options)
    : LayerRef(layer<MaxPooling1DLayer>(pool_size, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_max_pooling1d() {
  detail::register_layer("MaxPooling1D", layers::pooling_from_config<layers::MaxPooling1D>);
}
}  // namespace registration

}  // namespace weft
