// layers::LeakyReLU.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft::layers {

struct LeakyReLUOptions {
  double negative_slope = 0.3;
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::LeakyReLU.
class LeakyReLULayer : public Layer {
 public:
  explicit LeakyReLULayer(LeakyReLUOptions options = {});
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  LeakyReLUOptions options_;
};

/// y = x, or negative_slope * x below 0. Throws Error when the slope is negative.
struct LeakyReLU : LayerRef<LeakyReLULayer> {
  using LayerRef::LayerRef;
  explicit LeakyReLU(LeakyReLUOptions options = {});
};

}  // namespace weft::layers
