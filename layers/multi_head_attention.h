// layers::MultiHeadAttention.
#pragma once
#include <weft/core/ops/axes.h>
#include <weft/layers/dropout.h>
#include <weft/layers/einsum_dense.h>
#include <weft/layers/softmax.h>

namespace weft::layers {

/// The shape of an output without the batch and the sequence: a number or a list.
struct OutputShape : MaybeShape {
  using MaybeShape::MaybeShape;
  template <std::integral I>
  OutputShape(I units) : MaybeShape(Shape{units}) {}
};

struct MultiHeadAttentionOptions {
  std::optional<int> value_dim = {};  ///< of each head; absent: key_dim
  double dropout = 0.0;               ///< of the probabilities
  bool use_bias = true;
  OutputShape output_shape = {};             ///< absent: the query's last dimension
  ops::Axes attention_axes = {};             ///< none: all but batch, heads and features
  std::optional<int> sliding_window = {};    ///< a query sees keys less than this many places away
  std::optional<bool> flash_attention = {};  ///< accepted; the computation is the same
  Arg<Initializer> kernel_initializer = "glorot_uniform";
  Arg<Initializer> bias_initializer = "zeros";
  Arg<Regularizer> kernel_regularizer = {};
  Arg<Regularizer> bias_regularizer = {};
  Arg<Regularizer> activity_regularizer = {};
  Arg<Constraint> kernel_constraint = {};
  Arg<Constraint> bias_constraint = {};
  bool use_gate = false;  ///< multiplies the heads' results with sigmoid(query gate)
  std::optional<std::int64_t> seed = {};  ///< of the dropout
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::MultiHeadAttention. Its sublayers are null until it is built.
class MultiHeadAttentionLayer : public Layer {
 public:
  MultiHeadAttentionLayer(int num_heads, int key_dim, MultiHeadAttentionOptions options);
  int num_heads() const { return num_heads_; }
  int key_dim() const { return key_dim_; }
  int value_dim() const { return options_.value_dim.value_or(key_dim_); }
  /// Kernels `[dim, num_heads, key_dim]` (value: value_dim).
  EinsumDense query_dense() const { return query_; }
  EinsumDense key_dense() const { return key_; }
  EinsumDense value_dense() const { return value_; }
  /// Kernel `[num_heads, value_dim, output...]`.
  EinsumDense output_dense() const { return output_; }

  void build(const std::vector<Shape>& input_shapes);
  Tensors call(const Tensors& inputs, const CallContext& context);
  Masks compute_mask(const Tensors& inputs, const Masks& masks) override;
  Config get_config() const override;
  Config get_build_config() const override;

 private:
  EinsumDense projection(const char* name, int rank, int units, const Shape& input,
                         const char* activation = nullptr) const;
  void build_output(const Shape& query);
  void build_equations(int rank);
  std::optional<Tensor> mask_of(const Tensors& inputs, const CallContext& context) const;
  bool is_fused(const CallContext& context) const;
  Tensors attend(const Tensor& query, const Tensor& key, const Tensor& value,
                 const std::optional<Tensor>& mask, const CallContext& context) const;

  int num_heads_, key_dim_;
  MultiHeadAttentionOptions options_;
  std::vector<int> attention_axes_;
  std::string dot_equation_, combine_equation_;
  std::vector<Shape> shapes_;
  EinsumDense query_, key_, value_, output_, gate_;
  AnyLayer softmax_, dropout_;
};

/// Attention of several heads: `mha({query, value})` or `mha({query, value, key})` (the key is
/// the value when it is not given), also `mha({{"query", q}, {"value", v}})`. query `[N, T, dim]`,
/// value and key `[N, S, dim]`, result `[N, T, dim]`. Each head projects them to q, k, v and
/// computes softmax(q k^T / sqrt(key_dim)) v; the heads' results are projected to `output_shape`.
///
/// Options of a call: `.attention_mask` bool `[N, T, S]` or `[N, heads, T, S]` (true: may see),
/// `.use_causal_mask`, `.mask = {none, value's, key's}` `[N, S]` where the inputs carry none, and
/// `.return_attention_scores`: `mha.all({q, v}, {.return_attention_scores = true})` is the result
/// and the probabilities `[N, heads, T, S]`. As in Keras 3.15.1 the query's mask is the one that it
/// carries; the result has it too.
///
/// Throws Error unless num_heads, key_dim, value_dim and sliding_window are positive; ShapeError
/// when ranks differ or are below 3, when value and key differ in a dimension but the last, and for
/// a mask that does not broadcast to the scores.
struct MultiHeadAttention : LayerRef<MultiHeadAttentionLayer> {
  using LayerRef::LayerRef;
  MultiHeadAttention() = default;
  MultiHeadAttention(int num_heads, int key_dim, MultiHeadAttentionOptions options = {});
};

}  // namespace weft::layers
