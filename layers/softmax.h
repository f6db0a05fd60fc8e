// layers::Softmax.
#pragma once
#include <weft/core/ops/axes.h>
#include <weft/graph/functional/layer.h>

namespace weft::layers {

struct SoftmaxOptions {
  ops::Axes axis = -1;  ///< one or several: {1, 2}
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::Softmax.
class SoftmaxLayer : public Layer {
 public:
  explicit SoftmaxLayer(SoftmaxOptions options = {});
  Tensor call(const Tensor& inputs, const CallContext& context);
  Config get_config() const override;

 private:
  std::vector<int> axes_;
};

/// y = exp(x) / sum of exp(x) over `axis`. A mask that broadcasts to x takes elements out: they
/// become 0 and the others sum to 1.
struct Softmax : LayerRef<SoftmaxLayer> {
  using LayerRef::LayerRef;
  explicit Softmax(SoftmaxOptions options = {});
};

}  // namespace weft::layers
