#include <weft/layers/global_max_pooling1d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/pooling/from_config.hpp"

namespace weft {
namespace layers {

GlobalMaxPooling1DLayer::GlobalMaxPooling1DLayer(GlobalPoolingOptions options)
    : BaseGlobalPoolingLayer(1, std::move(options), "GlobalMaxPooling1D") {}

Tensor GlobalMaxPooling1DLayer::call(const Tensor& inputs) { return max(inputs); }

GlobalMaxPooling1D::GlobalMaxPooling1D(GlobalPoolingOptions options)
    : LayerRef(layer<GlobalMaxPooling1DLayer>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_global_max_pooling1d() {
  detail::register_layer("GlobalMaxPooling1D",
                         layers::global_pooling_from_config<layers::GlobalMaxPooling1D>);
}
}  // namespace registration

}  // namespace weft
