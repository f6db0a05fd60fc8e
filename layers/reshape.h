// layers::Reshape.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft::layers {

/// What is behind layers::Reshape.
class ReshapeLayer : public Layer {
 public:
  explicit ReshapeLayer(Shape target_shape, LayerOptions options = {});
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  Shape target_shape_;
};

/// x `[N, ...]` to `[N, target_shape...]`, in row-major order. One dimension may be -1: it is
/// inferred, and is None while a dimension of x (beside N) is. Throws Error when two are -1 or one
/// is None or another negative number, ShapeError when the sizes differ.
struct Reshape : LayerRef<ReshapeLayer> {
  using LayerRef::LayerRef;
  Reshape() = default;
  explicit Reshape(const Shape& target_shape, LayerOptions options = {});
};

}  // namespace weft::layers
