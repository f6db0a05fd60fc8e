// layers::Embedding.
#pragma once
#include <weft/graph/functional/layer.h>
#include <weft/layers/constraint.h>
#include <weft/layers/initializer.h>
#include <weft/layers/regularizer.h>

namespace weft::layers {

struct EmbeddingOptions {
  Arg<Initializer> embeddings_initializer = "uniform";
  Arg<Regularizer> embeddings_regularizer = {};
  Arg<Constraint> embeddings_constraint = {};
  bool mask_zero = false;
  Tensor weights = {};  ///< [input_dim, output_dim]: the table to begin with
  Arg<Regularizer> activity_regularizer = {};
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::Embedding.
class EmbeddingLayer : public Layer {
 public:
  EmbeddingLayer(int input_dim, int output_dim, EmbeddingOptions options = {});
  /// [input_dim, output_dim]; null until built.
  Variable embeddings() const { return embeddings_; }

  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Masks compute_mask(const Tensors& inputs, const Masks& masks) override;
  Config get_config() const override;

 private:
  int input_dim_, output_dim_;
  EmbeddingOptions options_;
  Variable embeddings_;
};

/// Rows of a table: ids `[N, ...]`, integers from 0 to input_dim - 1 (floating ones are cut off to
/// int32), become
/// `[N, ..., output_dim]`. With mask_zero the id 0 is padding: the output's mask is ids != 0, and 0
/// is no id of a word. Throws Error unless input_dim and output_dim are positive and, on a CPU,
/// when an id is out of range.
struct Embedding : LayerRef<EmbeddingLayer> {
  using LayerRef::LayerRef;
  Embedding() = default;
  Embedding(int input_dim, int output_dim, EmbeddingOptions options = {});
};

}  // namespace weft::layers
