// layers::Identity.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft::layers {

/// What is behind layers::Identity.
class IdentityLayer : public Layer {
 public:
  explicit IdentityLayer(LayerOptions options = {});
  Tensors call(const Tensors& inputs) { return inputs; }
};

/// y = x: a place in a graph with a name, or a stand-in for another layer.
struct Identity : LayerRef<IdentityLayer> {
  using LayerRef::LayerRef;
  explicit Identity(LayerOptions options = {});
};

}  // namespace weft::layers
