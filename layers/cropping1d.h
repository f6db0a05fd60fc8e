// layers::Cropping1D.
#pragma once
#include <weft/graph/functional/layer.h>
#include <weft/layers/reshaping/margins.h>

namespace weft::layers {

/// What is behind layers::Cropping1D.
class Cropping1DLayer : public Layer {
 public:
  explicit Cropping1DLayer(const Margin& cropping = 1, LayerOptions options = {});
  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  Margin cropping_;
};

/// Without the first and the last steps: x `[N, W, C]` to `[N, W - before - behind, C]`. `cropping`
/// is {before, behind} or one number for both. Throws Error when an argument cannot be, ShapeError
/// when the input has another rank or nothing would be left.
struct Cropping1D : LayerRef<Cropping1DLayer> {
  using LayerRef::LayerRef;
  explicit Cropping1D(const Margin& cropping = 1, LayerOptions options = {});
};

}  // namespace weft::layers
