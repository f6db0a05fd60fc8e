#include <weft/layers/identity.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"

namespace weft {
namespace layers {

IdentityLayer::IdentityLayer(LayerOptions options) : Layer(std::move(options), "Identity") {
  supports_masking = true;
}

Identity::Identity(LayerOptions options)
    : LayerRef(layer<IdentityLayer, LayerOptions>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_identity() {
  detail::register_layer("Identity", [](const Config& c) -> AnyLayer {
    return layers::Identity(detail::options_from<LayerOptions>(c));
  });
}
}  // namespace registration

}  // namespace weft
