// layers::ELU.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft::layers {

struct ELUOptions {
  double alpha = 1.0;
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::ELU.
class ELULayer : public Layer {
 public:
  explicit ELULayer(ELUOptions options = {});
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  ELUOptions options_;
};

/// y = x, or alpha * (exp(x) - 1) below 0.
struct ELU : LayerRef<ELULayer> {
  using LayerRef::LayerRef;
  explicit ELU(ELUOptions options = {});
};

}  // namespace weft::layers
