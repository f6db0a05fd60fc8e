#include <weft/layers/cropping3d.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/reshaping/from_config.hpp"

namespace weft {
namespace layers {

Cropping3DLayer::Cropping3DLayer(const Margins& cropping, Cropping3DOptions options)
    : BaseCroppingLayer(3, cropping, std::move(options), "Cropping3D") {}

Cropping3D::Cropping3D(const Margins& cropping, Cropping3DOptions options)
    : LayerRef(layer<Cropping3DLayer>(cropping, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_cropping3d() {
  detail::register_layer("Cropping3D", layers::cropping_from_config<layers::Cropping3D>);
}
}  // namespace registration

}  // namespace weft
