#include <fmt/core.h>
#include <weft/core/ops/pointwise/not_equal.h>
#include <weft/layers/embedding.h>
#include <weft/layers/initializers/constant.h>

#include "core/ops/class_numbers.hpp"
#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"

namespace weft {
namespace layers {
namespace {

int checked(const char* argument, int value) {
  if (value > 0) return value;
  throw Error(fmt::format("Embedding: `{}` must be a positive integer. Received: {}={}", argument,
                          argument, value));
}

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<EmbeddingOptions>(c);
  detail::read(c, "embeddings_initializer", o.embeddings_initializer);
  detail::read(c, "embeddings_regularizer", o.embeddings_regularizer);
  detail::read(c, "embeddings_constraint", o.embeddings_constraint);
  detail::read(c, "activity_regularizer", o.activity_regularizer);
  detail::read(c, "mask_zero", o.mask_zero);
  for (const char* key : {"lora_rank", "quantization_config"})
    detail::refuse_option(c, "Embedding", key);
  return Embedding(c.get<int>("input_dim"), c.get<int>("output_dim"), std::move(o));
}

}  // namespace

EmbeddingLayer::EmbeddingLayer(int input_dim, int output_dim, EmbeddingOptions options)
    : Layer(detail::layer_options(options), "Embedding"),
      input_dim_(checked("input_dim", input_dim)),
      output_dim_(checked("output_dim", output_dim)),
      options_(std::move(options)) {
  supports_masking = options_.mask_zero;
  set_activity_regularizer(options_.activity_regularizer);
  const Shape expected = {input_dim_, output_dim_};
  if (options_.weights && !(options_.weights.shape() == expected)) {
    throw ShapeError(
        fmt::format("Embedding: `weights` has the wrong shape. Expected: {}. Received: {}",
                    expected.to_string(), options_.weights.shape().to_string()));
  }
}

void EmbeddingLayer::build(const Shape&) {
  const Arg<Initializer> given = options_.weights
                                     ? Arg<Initializer>(initializers::Constant(options_.weights))
                                     : options_.embeddings_initializer;
  embeddings_ = add_weight({.shape = {input_dim_, output_dim_},
                            .initializer = given,
                            .regularizer = options_.embeddings_regularizer,
                            .constraint = options_.embeddings_constraint,
                            .name = "embeddings"});
  options_.weights = {};
}

Tensor EmbeddingLayer::call(const Tensor& inputs) {
  const bool fits = inputs.dtype() == DType::int32 || inputs.dtype() == DType::int64;
  const Tensor ids = fits ? inputs : ops::class_numbers(inputs);
  // The name is for the message about an id out of range.
  const Tensor rows = apply_one("take", {embeddings_, ids}, {{"axis", 0}, {"layer", name()}});
  return rows.astype(compute_dtype());
}

Masks EmbeddingLayer::compute_mask(const Tensors& inputs, const Masks&) {
  if (!options_.mask_zero) return {};
  return ops::not_equal(inputs, 0);
}

Config EmbeddingLayer::get_config() const {
  // Keras's Embedding names the activity regularizer in a place of its own.
  return Layer::get_config()
      .erase("activity_regularizer")
      .set("input_dim", input_dim_)
      .set("output_dim", output_dim_)
      .set("embeddings_initializer", detail::config_of(options_.embeddings_initializer))
      .set("embeddings_regularizer", detail::config_of(options_.embeddings_regularizer))
      .set("activity_regularizer", detail::config_of(options_.activity_regularizer))
      .set("embeddings_constraint", detail::config_of(options_.embeddings_constraint))
      .set("mask_zero", options_.mask_zero);
}

Embedding::Embedding(int input_dim, int output_dim, EmbeddingOptions options)
    : LayerRef(layer<EmbeddingLayer>(input_dim, output_dim, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_embedding() { detail::register_layer("Embedding", layers::from_config); }
}  // namespace registration

}  // namespace weft
