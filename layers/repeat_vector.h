// layers::RepeatVector.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft::layers {

/// What is behind layers::RepeatVector.
class RepeatVectorLayer : public Layer {
 public:
  explicit RepeatVectorLayer(int n, LayerOptions options = {});
  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  int n_;
};

/// x `[N, C]` n times: `[N, n, C]`. Throws Error unless n is positive, ShapeError when the input
/// has another rank.
struct RepeatVector : LayerRef<RepeatVectorLayer> {
  using LayerRef::LayerRef;
  RepeatVector() = default;
  explicit RepeatVector(int n, LayerOptions options = {});
};

}  // namespace weft::layers
