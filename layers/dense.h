// layers::Dense.
#pragma once
#include <weft/graph/functional/layer.h>
#include <weft/layers/activation.h>
#include <weft/layers/constraint.h>
#include <weft/layers/initializer.h>
#include <weft/layers/regularizer.h>

namespace weft::layers {

struct DenseOptions {
  weft::Activation activation = {};
  bool use_bias = true;
  Arg<Initializer> kernel_initializer = "glorot_uniform";
  Arg<Initializer> bias_initializer = "zeros";
  Arg<Regularizer> kernel_regularizer = {};
  Arg<Regularizer> bias_regularizer = {};
  Arg<Regularizer> activity_regularizer = {};
  Arg<Constraint> kernel_constraint = {};
  Arg<Constraint> bias_constraint = {};
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::Dense.
class DenseLayer : public Layer {
 public:
  DenseLayer(int units, DenseOptions options);
  /// [in, units]; null until built.
  Variable kernel() const { return kernel_; }
  /// [units]; null until built, and without bias.
  Variable bias() const { return bias_; }
  int units() const { return units_; }

  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  int units_;
  DenseOptions options_;
  Variable kernel_, bias_;
};

/// y = activation(x kernel + bias): x `[N, ..., in]`, kernel `[in, units]`, bias `[units]`, y `[N,
/// ..., units]`. Acts on the last axis of an input of any rank from 2 on. Throws Error unless units
/// is positive, ShapeError when the input has rank 1, its last dimension is None or is not that of
/// the first call.
struct Dense : LayerRef<DenseLayer> {
  using LayerRef::LayerRef;
  Dense() = default;
  explicit Dense(int units, DenseOptions options = {});
};

}  // namespace weft::layers
