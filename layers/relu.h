// layers::ReLU.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft::layers {

struct ReLUOptions {
  std::optional<double> max_value = {};
  double negative_slope = 0;
  double threshold = 0;
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::ReLU.
class ReLULayer : public Layer {
 public:
  explicit ReLULayer(ReLUOptions options = {});
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  ReLUOptions options_;
};

/// y = max_value where x >= max_value, x where threshold <= x < max_value, negative_slope * (x -
/// threshold) elsewhere. Throws Error when an argument is negative.
struct ReLU : LayerRef<ReLULayer> {
  using LayerRef::LayerRef;
  explicit ReLU(ReLUOptions options = {});
};

}  // namespace weft::layers
