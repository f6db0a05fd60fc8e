// After keras/src/layers/attention/multi_head_attention.py, Keras 3.15.1.
#include <fmt/core.h>
#include <weft/core/ops/arange.h>
#include <weft/core/ops/einsum.h>
#include <weft/core/ops/expand_dims.h>
#include <weft/core/ops/pointwise/absolute.h>
#include <weft/core/ops/pointwise/greater_equal.h>
#include <weft/core/ops/pointwise/less.h>
#include <weft/core/ops/pointwise/logical_and.h>
#include <weft/core/ops/scaled_dot_product_attention.h>
#include <weft/layers/multi_head_attention.h>

#include <algorithm>
#include <cmath>

#include "graph/functional/call.hpp"
#include "graph/functional/layer_registry.hpp"
#include "graph/functional/layer_state.hpp"
#include "layers/arguments/attention_equations.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/norms.hpp"
#include "layers/arguments/weight_arguments.hpp"

namespace weft {
namespace layers {
namespace {

int checked(const char* argument, int value, const char* expected = "a positive integer") {
  if (value > 0) return value;
  throw Error(
      fmt::format("MultiHeadAttention: Received an invalid value for argument `{}`, "
                  "expected {}. Received: {}={}",
                  argument, expected, argument, value));
}

MultiHeadAttentionOptions checked(MultiHeadAttentionOptions o) {
  if (o.value_dim) checked("value_dim", *o.value_dim, "a positive integer or `None`");
  if (o.sliding_window && *o.sliding_window <= 0) {
    throw Error(
        fmt::format("MultiHeadAttention: `sliding_window` must be `None` or a positive "
                    "integer. Received: sliding_window={}",
                    *o.sliding_window));
  }
  for (Dim d : o.output_shape.value_or(Shape())) {
    if (!d.known() || d < 1) {
      throw Error(
          fmt::format("MultiHeadAttention: Received an invalid value for argument `output_shape`, "
                      "expected positive integers. Received: output_shape={}",
                      o.output_shape->to_string()));
    }
  }
  if (o.flash_attention.value_or(false) && o.dropout > 0) {
    throw Error(
        "MultiHeadAttention: Dropout is not supported when flash attention is enabled. Please set "
        "dropout to 0.0 to use flash attention.");
  }
  return o;
}

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<MultiHeadAttentionOptions>(c);
  if (c.contains("value_dim")) o.value_dim = c.get<std::optional<int>>("value_dim");
  detail::read(c, "dropout", o.dropout);
  detail::read(c, "use_bias", o.use_bias);
  detail::read(c, "use_gate", o.use_gate);
  if (c.contains("output_shape") && !c["output_shape"].is_null()) {
    if (detail::kind(c["output_shape"]) == detail::ConfigKind::integer)
      o.output_shape = c.get<int>("output_shape");
    else
      o.output_shape = c.get<Shape>("output_shape");
  }
  if (c.contains("attention_axes") && !c["attention_axes"].is_null())
    o.attention_axes =
        detail::axis_of(Config{{"axis", ConfigItem(ConfigValue(c["attention_axes"]))}});
  if (c.contains("sliding_window")) o.sliding_window = c.get<std::optional<int>>("sliding_window");
  detail::read_kernel_and_bias(c, o);
  if (c.contains("seed")) o.seed = c.get<std::optional<std::int64_t>>("seed");
  return MultiHeadAttention(c.get<int>("num_heads"), c.get<int>("key_dim"), std::move(o));
}

// An initializer of its own for each sublayer: one instance would give all the same values.
Arg<Initializer> fresh(const Arg<Initializer>& given) {
  return detail::deserialize<Initializer>(detail::config_of(given), "initializer");
}

Tensor as_bool(const Tensor& mask) {
  return mask.dtype() == DType::boolean ? mask : mask.astype(DType::boolean);
}

// [1, T, 1] and [1, 1, S]
Tensor row_numbers(Dim n) { return ops::expand_dims(ops::arange(n), {0, 2}); }
Tensor column_numbers(Dim n) { return ops::expand_dims(ops::arange(n), {0, 1}); }

Shape without_batch_and_features(const Shape& s) {
  Shape out;
  for (int i = 1; i + 1 < s.rank(); ++i) out.push_back(s[i]);
  return out;
}

bool fits(const Shape& a, const Shape& b) {
  bool same = a.rank() == b.rank();
  for (int i = 0; same && i < a.rank(); ++i) same = !a[i].known() || !b[i].known() || a[i] == b[i];
  return same;
}

void check_shapes(const std::string& name, const std::vector<Shape>& shapes) {
  if (shapes.size() < 2 || shapes.size() > 3) {
    throw GraphError(
        fmt::format("{}: wrong number of inputs. Expected: {{query, value}} or "
                    "{{query, value, key}}. Received: {}",
                    name, shapes.size()));
  }
  const Shape &query = shapes[0], &value = shapes[1], &key = shapes.back();
  if (query.rank() < 3 || value.rank() != query.rank() || key.rank() != query.rank()) {
    throw ShapeError(fmt::format(
        "{}: `query`, `value` and `key` must have the same rank. Expected: rank 3 or more, [N, T, "
        "dim]. Received: query_shape={}, value_shape={} and key_shape={}",
        name, query.to_string(), value.to_string(), key.to_string()));
  }
  if (!fits(without_batch_and_features(value), without_batch_and_features(key))) {
    throw ShapeError(
        fmt::format("{}: All dimensions of `value` and `key`, except the last one, must be equal. "
                    "Received: value_shape={} and key_shape={}",
                    name, value.to_string(), key.to_string()));
  }
}

// A mask with an axis of size 1 for each that the scores have more, in front of the attended ones.
Tensor in_rank_of_scores(const Tensor& mask, int rank, std::size_t attended) {
  Tensor out = mask;
  while (out.shape().rank() < rank)
    out = ops::expand_dims(out, std::max(0, out.shape().rank() - 2 * static_cast<int>(attended)));
  return out;
}

void check_mask(const std::string& name, const Shape& mask, const Shape& scores,
                const Shape& given) {
  bool fit = mask.rank() <= scores.rank();
  for (int i = 1; fit && i <= mask.rank(); ++i)
    fit = !mask[-i].known() || !scores[-i].known() || mask[-i] == 1 || mask[-i] == scores[-i];
  if (fit) return;
  throw ShapeError(
      fmt::format("{}: The attention mask must be broadcastable to the scores. Each mask dimension "
                  "must be 1 or match that of the scores. Expected: {} (batch, heads, query, key). "
                  "Received: {}",
                  name, scores.to_string(), given.to_string()));
}

}  // namespace

MultiHeadAttentionLayer::MultiHeadAttentionLayer(int num_heads, int key_dim,
                                                 MultiHeadAttentionOptions options)
    : Layer(detail::layer_options(options), "MultiHeadAttention"),
      num_heads_(checked("num_heads", num_heads)),
      key_dim_(checked("key_dim", key_dim)),
      options_(checked(std::move(options))) {
  supports_masking = true;
  detail::LayerAccess::state(*this).arguments = {"query", "value", "key"};
}

EinsumDense MultiHeadAttentionLayer::projection(const char* name, int rank, int units,
                                                const Shape& input, const char* activation) const {
  const detail::ProjectionEquation e = detail::projection_equation(rank - 1, 1, 2);
  Shape output(std::vector<Dim>(static_cast<std::size_t>(rank - 2)));
  output.push_back(num_heads_);
  output.push_back(units);
  EinsumDenseOptions o = {.kernel_initializer = fresh(options_.kernel_initializer),
                          .bias_initializer = fresh(options_.bias_initializer),
                          .kernel_regularizer = options_.kernel_regularizer,
                          .bias_regularizer = options_.bias_regularizer,
                          .kernel_constraint = options_.kernel_constraint,
                          .bias_constraint = options_.bias_constraint,
                          .activity_regularizer = options_.activity_regularizer,
                          .name = name};
  if (options_.use_bias) o.bias_axes = e.bias_axes;
  if (activation != nullptr) o.activation = activation;
  EinsumDense dense(e.equation, output, std::move(o));
  detail::LayerAccess::set_dtype_policy(*dense, detail::LayerAccess::state(*this).dtype_policy);
  detail::build_layer(*dense, {input});
  return dense;
}

void MultiHeadAttentionLayer::build_output(const Shape& query) {
  const Shape units = options_.output_shape.value_or(Shape{query[-1]});
  const detail::ProjectionEquation e =
      detail::projection_equation(query.rank() - 1, 2, units.rank());
  Shape output(std::vector<Dim>(static_cast<std::size_t>(query.rank() - 2)));
  for (Dim d : units) output.push_back(d);
  EinsumDenseOptions o = {.kernel_initializer = fresh(options_.kernel_initializer),
                          .bias_initializer = fresh(options_.bias_initializer),
                          .kernel_regularizer = options_.kernel_regularizer,
                          .bias_regularizer = options_.bias_regularizer,
                          .kernel_constraint = options_.kernel_constraint,
                          .bias_constraint = options_.bias_constraint,
                          .activity_regularizer = options_.activity_regularizer,
                          .name = "attention_output"};
  if (options_.use_bias) o.bias_axes = e.bias_axes;
  output_ = track("output_dense", EinsumDense(e.equation, output, std::move(o)));
  detail::LayerAccess::set_dtype_policy(*output_, detail::LayerAccess::state(*this).dtype_policy);
  Shape heads = query;
  heads.set(-1, num_heads_);
  heads.push_back(value_dim());
  detail::build_layer(*output_, {heads});
}

void MultiHeadAttentionLayer::build_equations(int rank) {
  attention_axes_.clear();
  if (!options_.attention_axes.given()) {
    for (int i = 1; i < rank - 2; ++i) attention_axes_.push_back(i);
  }
  for (std::int64_t given : options_.attention_axes.list()) {
    const auto axis = static_cast<int>(given >= 0 ? given : rank - 1 + given);
    if (axis < 1 || axis > rank - 3) {
      throw ShapeError(
          fmt::format("{}: an axis of `attention_axes` is out of range. Expected: 1 to "
                      "{}, the axes between the batch and the features. Received: {}",
                      name(), rank - 3, given));
    }
    if (std::find(attention_axes_.begin(), attention_axes_.end(), axis) != attention_axes_.end()) {
      throw ShapeError(
          fmt::format("{}: `attention_axes` names an axis twice. Expected: distinct axes. "
                      "Received: {}",
                      name(), detail::to_text(ConfigValue(options_.attention_axes.list()))));
    }
    attention_axes_.push_back(axis);
  }
  const detail::AttentionEquations e = detail::attention_equations(rank, attention_axes_);
  dot_equation_ = e.dot;
  combine_equation_ = e.combine;
  std::vector<int> axes;
  for (std::size_t i = 0; i < attention_axes_.size(); ++i)
    axes.push_back(e.scores_rank - static_cast<int>(attention_axes_.size() - i));
  softmax_ = track("_softmax", AnyLayer(Softmax({.axis = axes, .dtype = dtype()})));
  dropout_ = track("_dropout_layer",
                   AnyLayer(Dropout(options_.dropout, {.seed = options_.seed, .dtype = dtype()})));
  for (const AnyLayer& child : {softmax_, dropout_})
    detail::LayerAccess::set_dtype_policy(*child.base(),
                                          detail::LayerAccess::state(*this).dtype_policy);
}

void MultiHeadAttentionLayer::build(const std::vector<Shape>& input_shapes) {
  check_shapes(name(), input_shapes);
  const Shape &query = input_shapes[0], &value = input_shapes[1], &key = input_shapes.back();
  const int rank = query.rank();
  query_ = track("query_dense", projection("query", rank, key_dim_, query));
  key_ = track("key_dense", projection("key", rank, key_dim_, key));
  if (options_.use_gate)
    gate_ = track("_gate_dense", projection("gate", rank, value_dim(), query, "sigmoid"));
  value_ = track("value_dense", projection("value", rank, value_dim(), value));
  build_equations(rank + 1);
  build_output(query);
  shapes_ = input_shapes;
}

// One dropout rate of 1 leaves nothing to divide by.
bool MultiHeadAttentionLayer::is_fused(const CallContext& context) const {
  return !context.return_attention_scores && attention_axes_.size() == 1 &&
         shapes_[0].rank() == 3 && options_.dropout < 1;
}

std::optional<Tensor> MultiHeadAttentionLayer::mask_of(const Tensors& inputs,
                                                       const CallContext& context) const {
  const std::vector<Tensor> x = inputs.flat();
  const auto carried_or_given = [&](int i) -> std::optional<Tensor> {
    if (context.mask[i]) return context.mask[i];
    return i < inputs.size() ? detail::keras_mask(x[static_cast<std::size_t>(i)]) : std::nullopt;
  };
  std::optional<Tensor> all;
  const auto add = [&](const Tensor& mask) { all = all ? ops::logical_and(*all, mask) : mask; };
  if (const auto query = detail::keras_mask(x[0])) add(ops::expand_dims(as_bool(*query), -1));
  for (int i : {1, 2}) {
    if (const auto mask = carried_or_given(i)) add(ops::expand_dims(as_bool(*mask), -2));
  }
  const Dim t = x[0].shape()[1], s = x[1].shape()[1];
  if (context.use_causal_mask && !is_fused(context))
    add(ops::greater_equal(row_numbers(t), column_numbers(s)));
  if (options_.sliding_window)
    add(ops::less(ops::absolute(row_numbers(t) - column_numbers(s)), *options_.sliding_window));
  if (context.attention_mask) {
    const Tensor given = as_bool(context.attention_mask);
    all = all ? ops::logical_and(given, *all) : given;
  }
  return all;
}

// The usual case as one op; the other one has the probabilities as a tensor.
Tensors MultiHeadAttentionLayer::attend(const Tensor& query, const Tensor& key, const Tensor& value,
                                        const std::optional<Tensor>& given,
                                        const CallContext& context) const {
  const bool fused = is_fused(context);
  const Shape scores_shape =
      fused ? Shape{query.shape()[0], num_heads_, query.shape()[1], key.shape()[1]} : Shape();
  const double scale = 1.0 / std::sqrt(static_cast<double>(key_dim_));
  const auto in_rank = [&](const Shape& scores) -> std::optional<Tensor> {
    if (!given) return std::nullopt;
    const Tensor mask = in_rank_of_scores(*given, scores.rank(), attention_axes_.size());
    check_mask(name(), mask.shape(), scores, given->shape());
    return mask;
  };
  if (fused) {
    ops::DotProductAttentionOptions o = {.mask = in_rank(scores_shape).value_or(Tensor()),
                                         .scale = scale,
                                         .is_causal = context.use_causal_mask};
    // As in Keras, a query that may see no key gets zeros from a layer with dropout, and the mean
    // of all values from one without.
    o.zero_where_masked = options_.dropout > 0;
    if (context.training && options_.dropout > 0) {
      o.dropout = options_.dropout;
      o.seed = *detail::LayerAccess::state(*dropout_.base()).seeds.at(0).generator;
    }
    return ops::dot_product_attention(query, key, value, std::move(o));
  }
  const Tensor scores = ops::einsum(dot_equation_, {key, query * scale});
  const std::optional<Tensor> mask = in_rank(scores.shape());
  const Tensor probabilities = mask ? softmax_(scores, {.mask = *mask}) : softmax_(scores);
  const Tensor kept = options_.dropout > 0 ? dropout_(probabilities) : probabilities;
  const Tensor result = ops::einsum(combine_equation_, {kept, value});
  if (context.return_attention_scores) return {result, probabilities};
  return result;
}

Tensors MultiHeadAttentionLayer::call(const Tensors& inputs, const CallContext& context) {
  if (context.return_attention_scores && options_.flash_attention.value_or(false)) {
    throw Error(
        fmt::format("{}: Returning attention scores is not supported when flash attention "
                    "is enabled. Please disable flash attention to access attention "
                    "scores.",
                    name()));
  }
  std::vector<Tensor> x = inputs.flat();
  std::vector<Shape> shapes;
  for (const Tensor& t : x) shapes.push_back(t.shape());
  check_shapes(name(), shapes);
  const std::optional<Tensor> mask = mask_of(inputs, context);
  for (Tensor& t : x) t = detail::with_keras_mask(t, std::nullopt);
  const Tensor query = query_(x[0]), key = key_(x.back()), value = value_(x[1]);
  const std::vector<Tensor> out = attend(query, key, value, mask, context).flat();
  const Tensor result = output_(gate_ ? out[0] * gate_(x[0]) : out[0]);
  if (out.size() == 1) return result;
  return {result, out[1]};
}

Masks MultiHeadAttentionLayer::compute_mask(const Tensors& inputs, const Masks&) {
  return detail::keras_mask(inputs.flat()[0]);
}

Config MultiHeadAttentionLayer::get_config() const {
  ConfigValue axes;
  if (built())
    axes = attention_axes_;
  else if (options_.attention_axes.given())
    axes = options_.attention_axes.list();
  Config config =
      Layer::get_config()
          .set("num_heads", num_heads_)
          .set("key_dim", key_dim_)
          .set("value_dim", value_dim())
          .set("dropout", options_.dropout)
          .set("use_bias", options_.use_bias)
          .set("use_gate", options_.use_gate)
          .set("output_shape",
               options_.output_shape ? ConfigValue(*options_.output_shape) : ConfigValue())
          .set("attention_axes", axes)
          .set("sliding_window", options_.sliding_window);
  detail::set_weights(config, {detail::kernel_of(options_), detail::bias_of(options_)},
                      &options_.activity_regularizer);
  return config.set("seed", options_.seed);
}

Config MultiHeadAttentionLayer::get_build_config() const {
  if (shapes_.empty()) return {};
  Config shapes{{"query_shape", shapes_[0]}, {"value_shape", shapes_[1]}};
  if (shapes_.size() > 2) shapes.set("key_shape", shapes_[2]);
  return {{"shapes_dict", shapes}};
}

MultiHeadAttention::MultiHeadAttention(int num_heads, int key_dim,
                                       MultiHeadAttentionOptions options)
    : LayerRef(layer<MultiHeadAttentionLayer>(num_heads, key_dim, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_multi_head_attention() {
  detail::register_layer("MultiHeadAttention", layers::from_config);
}
}  // namespace registration

}  // namespace weft
