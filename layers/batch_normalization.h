// layers::BatchNormalization.
#pragma once
#include <weft/graph/functional/layer.h>
#include <weft/layers/constraint.h>
#include <weft/layers/initializer.h>
#include <weft/layers/regularizer.h>

namespace weft::layers {

struct BatchNormalizationOptions {
  int axis = -1;
  double momentum = 0.99;
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  Arg<Initializer> beta_initializer = "zeros";
  Arg<Initializer> gamma_initializer = "ones";
  Arg<Initializer> moving_mean_initializer = "zeros";
  Arg<Initializer> moving_variance_initializer = "ones";
  Arg<Regularizer> beta_regularizer = {};
  Arg<Regularizer> gamma_regularizer = {};
  Arg<Constraint> beta_constraint = {};
  Arg<Constraint> gamma_constraint = {};
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::BatchNormalization. The variables are null until built; gamma without
/// scale, beta without center.
class BatchNormalizationLayer : public Layer {
 public:
  explicit BatchNormalizationLayer(BatchNormalizationOptions options = {});
  Variable gamma() const { return gamma_; }
  Variable beta() const { return beta_; }
  Variable moving_mean() const { return moving_mean_; }
  Variable moving_variance() const { return moving_variance_; }

  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs, const CallContext& context);
  Config get_config() const override;

 private:
  struct Moments {
    Tensor mean, variance;
  };
  Moments moments(const Tensor& x, const std::optional<Tensor>& mask) const;
  void update(const Variable& moving, const Tensor& batch) const;
  Tensor along_axis(const Tensor& v, int rank) const;

  BatchNormalizationOptions options_;
  Variable gamma_, beta_, moving_mean_, moving_variance_;
};

/// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, with one number per place along `axis`
/// (the channels). In training mean and variance are the batch's, over all other axes (the biased
/// variance; masked steps do not count), and moving_mean, moving_variance become moving * momentum
/// + batch * (1 - momentum). In inference, and when the layer is frozen (trainable false), they are
/// the moving ones, which stay as they are. float16 and bfloat16 are computed in float32. Throws
/// ShapeError when the axis is out of range or its dimension None or not that of the first call.
struct BatchNormalization : LayerRef<BatchNormalizationLayer> {
  using LayerRef::LayerRef;
  explicit BatchNormalization(BatchNormalizationOptions options = {});
};

}  // namespace weft::layers
