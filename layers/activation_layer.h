// layers::Activation, the layer. (The argument of this name is weft::Activation, in
// layers/activation.h.)
#pragma once
#include <weft/graph/functional/layer.h>
#include <weft/layers/activation.h>

namespace weft::layers {

/// What is behind layers::Activation.
class ActivationLayer : public Layer {
 public:
  explicit ActivationLayer(weft::Activation activation, LayerOptions options = {});
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  weft::Activation activation_;
};

/// y = activation(x), the shape of x.
struct Activation : LayerRef<ActivationLayer> {
  using LayerRef::LayerRef;
  Activation() = default;
  explicit Activation(const weft::Activation& activation, LayerOptions options = {});
};

}  // namespace weft::layers
