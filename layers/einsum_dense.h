// layers::EinsumDense.
#pragma once
#include <weft/graph/functional/layer.h>
#include <weft/layers/activation.h>
#include <weft/layers/constraint.h>
#include <weft/layers/initializer.h>
#include <weft/layers/regularizer.h>

namespace weft::layers {

struct EinsumDenseOptions {
  weft::Activation activation = {};
  std::optional<std::string> bias_axes = {};  ///< letters of the output that the bias has
  Arg<Initializer> kernel_initializer = "glorot_uniform";
  Arg<Initializer> bias_initializer = "zeros";
  Arg<Regularizer> kernel_regularizer = {};
  Arg<Regularizer> bias_regularizer = {};
  Arg<Constraint> kernel_constraint = {};
  Arg<Constraint> bias_constraint = {};
  Arg<Regularizer> activity_regularizer = {};
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::EinsumDense.
class EinsumDenseLayer : public Layer {
 public:
  EinsumDenseLayer(std::string equation, Shape output_shape, EinsumDenseOptions options);
  /// Null until built.
  Variable kernel() const { return kernel_; }
  /// Null until built, and without `bias_axes`.
  Variable bias() const { return bias_; }

  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  std::string equation_;
  Shape output_shape_;
  EinsumDenseOptions options_;
  Variable kernel_, bias_;
};

/// y = activation(einsum(equation, x, kernel) + bias): any product of x with a kernel, e.g.
/// `EinsumDense("abc,cd->abd", {None, 64}, {.bias_axes = "d"})` for a Dense(64) on `[N, T, c]`. The
/// equation is "ab,bc->ac", "...ab,bc->...ac" or "ab...,bc->ac..."; `output_shape` is the output's
/// without the batch and the axes of `...`, where None is what the input has. Throws Error when the
/// equation is of another form, a letter of the output is in neither operand, one of the kernel in
/// neither input nor output, or one of `bias_axes` not in the output; ShapeError when input and
/// output differ at a letter that both have.
struct EinsumDense : LayerRef<EinsumDenseLayer> {
  using LayerRef::LayerRef;
  EinsumDense() = default;
  EinsumDense(std::string equation, int output_shape, EinsumDenseOptions options = {});
  EinsumDense(std::string equation, const Shape& output_shape, EinsumDenseOptions options = {});
};

}  // namespace weft::layers
