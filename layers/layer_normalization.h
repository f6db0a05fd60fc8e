// layers::LayerNormalization.
#pragma once
#include <weft/core/ops/axes.h>
#include <weft/graph/functional/layer.h>
#include <weft/layers/constraint.h>
#include <weft/layers/initializer.h>
#include <weft/layers/regularizer.h>

namespace weft::layers {

struct LayerNormalizationOptions {
  ops::Axes axis = -1;  ///< one or several: {1, 2}
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  Arg<Initializer> beta_initializer = "zeros";
  Arg<Initializer> gamma_initializer = "ones";
  Arg<Regularizer> beta_regularizer = {};
  Arg<Regularizer> gamma_regularizer = {};
  Arg<Constraint> beta_constraint = {};
  Arg<Constraint> gamma_constraint = {};
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::LayerNormalization. The variables are null until built; gamma without
/// scale, beta without center.
class LayerNormalizationLayer : public Layer {
 public:
  explicit LayerNormalizationLayer(LayerNormalizationOptions options = {});
  Variable gamma() const { return gamma_; }
  Variable beta() const { return beta_; }

  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  LayerNormalizationOptions options_;
  std::vector<int> axes_;
  Variable gamma_, beta_;
};

/// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, mean and biased variance being those
/// of each element over the axes `axis`; gamma and beta have the shape of these axes. float16 and
/// bfloat16 are computed in float32. Throws ShapeError when an axis is out of range or has
/// dimension None.
struct LayerNormalization : LayerRef<LayerNormalizationLayer> {
  using LayerRef::LayerRef;
  explicit LayerNormalization(LayerNormalizationOptions options = {});
};

}  // namespace weft::layers
