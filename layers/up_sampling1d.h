// layers::UpSampling1D.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft::layers {

/// What is behind layers::UpSampling1D.
class UpSampling1DLayer : public Layer {
 public:
  explicit UpSampling1DLayer(int size = 2, LayerOptions options = {});
  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  int size_;
};

/// Each step `size` times: x `[N, W, C]` to `[N, size * W, C]`. Throws Error unless size is
/// positive, ShapeError when the input has another rank.
struct UpSampling1D : LayerRef<UpSampling1DLayer> {
  using LayerRef::LayerRef;
  explicit UpSampling1D(int size = 2, LayerOptions options = {});
};

}  // namespace weft::layers
