// layers::Permute.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft::layers {

/// What is behind layers::Permute.
class PermuteLayer : public Layer {
 public:
  explicit PermuteLayer(std::vector<int> dims, LayerOptions options = {});
  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  std::vector<int> dims_;
};

/// Dimensions in another order, the batch left aside: `dims` counts from 1, {2, 1} makes `[N, b,
/// a]` of `[N, a, b]`. Throws Error unless `dims` is a permutation of 1, 2, ..., ShapeError when
/// the input has another rank.
struct Permute : LayerRef<PermuteLayer> {
  using LayerRef::LayerRef;
  Permute() = default;
  explicit Permute(std::vector<int> dims, LayerOptions options = {});
};

}  // namespace weft::layers
