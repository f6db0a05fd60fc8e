#include <weft/layers/cropping2d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/reshaping/from_config.hpp"

namespace weft {
namespace layers {

Cropping2DLayer::Cropping2DLayer(const Margins& cropping, Cropping2DOptions options)
    : BaseCroppingLayer(2, cropping, std::move(options), "Cropping2D") {}

Cropping2D::Cropping2D(const Margins& cropping, Cropping2DOptions options)
    : LayerRef(layer<Cropping2DLayer>(cropping, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_cropping2d() {
  detail::register_layer("Cropping2D", layers::cropping_from_config<layers::Cropping2D>);
}
}  // namespace registration

}  // namespace weft
