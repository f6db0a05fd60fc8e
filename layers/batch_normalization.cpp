#include <fmt/core.h>
#include <weft/core/ops/expand_dims.h>
#include <weft/core/ops/full.h>
#include <weft/core/ops/pointwise/logical_or.h>
#include <weft/core/ops/pointwise/rsqrt.h>
#include <weft/core/ops/pointwise/square.h>
#include <weft/core/ops/pointwise/where.h>
#include <weft/core/ops/reduce.h>
#include <weft/core/ops/reshape.h>
#include <weft/core/settings.h>
#include <weft/layers/batch_normalization.h>

#include <cmath>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/norms.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<BatchNormalizationOptions>(c);
  if (c.contains("axis")) {
    // Keras 2 wrote a list of one.
    const std::vector<int> axis = detail::axis_of(c);
    if (axis.size() != 1)
      throw Error("BatchNormalization: `axis` must be one axis. Received: axis=" +
                  detail::to_text(c["axis"]));
    o.axis = axis[0];
  }
  detail::read(c, "momentum", o.momentum);
  detail::read(c, "epsilon", o.epsilon);
  detail::read(c, "center", o.center);
  detail::read(c, "scale", o.scale);
  detail::read(c, "beta_initializer", o.beta_initializer);
  detail::read(c, "gamma_initializer", o.gamma_initializer);
  detail::read(c, "moving_mean_initializer", o.moving_mean_initializer);
  detail::read(c, "moving_variance_initializer", o.moving_variance_initializer);
  detail::read(c, "beta_regularizer", o.beta_regularizer);
  detail::read(c, "gamma_regularizer", o.gamma_regularizer);
  detail::read(c, "beta_constraint", o.beta_constraint);
  detail::read(c, "gamma_constraint", o.gamma_constraint);
  for (const char* key : {"renorm", "synchronized"})
    detail::refuse_option(c, "BatchNormalization", key);
  return BatchNormalization(std::move(o));
}

bool is_small_floating(DType d) { return d == DType::float16 || d == DType::bfloat16; }

}  // namespace

BatchNormalizationLayer::BatchNormalizationLayer(BatchNormalizationOptions options)
    : Layer(detail::layer_options(options), "BatchNormalization"), options_(std::move(options)) {
  if (!(options_.epsilon >= 0)) {  // also NaN
    throw Error(
        fmt::format("BatchNormalization: `epsilon` must not be negative. Expected: 0 or more. "
                    "Received: epsilon={}",
                    options_.epsilon));
  }
  if (std::isnan(options_.momentum)) {
    throw Error(
        "BatchNormalization: `momentum` is no number. Expected: a number, such as 0.99. Received: "
        "momentum=nan");
  }
  supports_masking = true;
}

void BatchNormalizationLayer::build(const Shape& input_shape) {
  const int rank = input_shape.rank(), axis = options_.axis;
  if (axis >= rank || axis < -rank) {
    throw ShapeError(
        fmt::format("{}: Axis {} is out of bounds for input shape {}. Received: axis={}", name(),
                    axis, input_shape.to_string(), axis));
  }
  const Dim size = input_shape[axis];
  if (options_.scale) {
    gamma_ = add_weight({.shape = {size},
                         .initializer = options_.gamma_initializer,
                         .autocast = false,
                         .regularizer = options_.gamma_regularizer,
                         .constraint = options_.gamma_constraint,
                         .name = "gamma"});
  }
  if (options_.center) {
    beta_ = add_weight({.shape = {size},
                        .initializer = options_.beta_initializer,
                        .autocast = false,
                        .regularizer = options_.beta_regularizer,
                        .constraint = options_.beta_constraint,
                        .name = "beta"});
  }
  moving_mean_ = add_weight({.shape = {size},
                             .initializer = options_.moving_mean_initializer,
                             .trainable = false,
                             .autocast = false,
                             .name = "moving_mean"});
  moving_variance_ = add_weight({.shape = {size},
                                 .initializer = options_.moving_variance_initializer,
                                 .trainable = false,
                                 .autocast = false,
                                 .name = "moving_variance"});
  set_input_spec(InputSpec{.ndim = rank, .axes = {{axis, size}}});
}

// Mean and biased variance `[C]`. With a mask, as Keras: sums over what counts, divided by its
// number plus epsilon.
BatchNormalizationLayer::Moments BatchNormalizationLayer::moments(
    const Tensor& x, const std::optional<Tensor>& mask) const {
  const int rank = x.shape().rank();
  const int axis = options_.axis < 0 ? options_.axis + rank : options_.axis;
  std::vector<int> others;
  for (int i = 0; i < rank; ++i) {
    if (i != axis) others.push_back(i);
  }
  if (!mask) {
    const Tensor mean = ops::mean(x, {.axis = others, .keepdims = true});
    const Tensor variance = ops::mean(ops::square(x - mean), {.axis = others});
    return {ops::reshape(mean, {x.shape()[axis]}), variance};
  }
  if (mask->shape().rank() != rank - 1) {
    throw ShapeError(
        fmt::format("{}: The mask provided should be one dimension less than the inputs. Received: "
                    "mask.shape={}, "
                    "inputs.shape={}",
                    name(), mask->shape().to_string(), x.shape().to_string()));
  }
  const Tensor counts =
      ops::logical_or(ops::expand_dims(*mask, -1), ops::zeros_like(x, DType::boolean));
  const Tensor number =
      ops::sum(counts.astype(x.dtype()), {.axis = others, .keepdims = true}) + epsilon();
  const Tensor mean =
      ops::sum(ops::where(counts, x, 0.0), {.axis = others, .keepdims = true}) / number;
  const Tensor squares = ops::where(counts, ops::square(x - mean), 0.0);
  const Tensor variance = ops::sum(squares, {.axis = others, .keepdims = true}) / number;
  const Shape channels = {x.shape()[axis]};
  return {ops::reshape(mean, channels), ops::reshape(variance, channels)};
}

void BatchNormalizationLayer::update(const Variable& moving, const Tensor& batch) const {
  Variable handle = moving;
  handle.assign(moving.value() * options_.momentum + batch * (1.0 - options_.momentum));
}

// A vector `[C]` in a shape that broadcasts along `axis`.
Tensor BatchNormalizationLayer::along_axis(const Tensor& v, int rank) const {
  const int axis = options_.axis < 0 ? options_.axis + rank : options_.axis;
  if (axis == rank - 1) return v;
  Shape shape;
  for (int i = 0; i < rank; ++i) shape.push_back(i == axis ? v.shape()[0] : Dim(1));
  return ops::reshape(v, shape);
}

Tensor BatchNormalizationLayer::call(const Tensor& inputs, const CallContext& context) {
  const Tensor x = is_small_floating(inputs.dtype()) ? inputs.astype(DType::float32) : inputs;
  const int rank = x.shape().rank();
  Moments m;
  if (context.training && trainable()) {
    m = moments(x, context.mask[0]);
    update(moving_mean_, m.mean);
    update(moving_variance_, m.variance);
  } else {
    m = {moving_mean_, moving_variance_};
  }
  // Keras's order of operations: one factor and one offset per channel.
  Tensor factor = ops::rsqrt(m.variance + options_.epsilon);
  if (gamma_) factor = factor * gamma_;
  Tensor offset = -m.mean * factor;
  if (beta_) offset = offset + beta_;
  const Tensor y = x * along_axis(factor, rank) + along_axis(offset, rank);
  return y.astype(compute_dtype());
}

Config BatchNormalizationLayer::get_config() const {
  return Layer::get_config()
      .set("axis", options_.axis)
      .set("momentum", options_.momentum)
      .set("epsilon", options_.epsilon)
      .set("center", options_.center)
      .set("scale", options_.scale)
      .set("beta_initializer", detail::config_of(options_.beta_initializer))
      .set("gamma_initializer", detail::config_of(options_.gamma_initializer))
      .set("moving_mean_initializer", detail::config_of(options_.moving_mean_initializer))
      .set("moving_variance_initializer", detail::config_of(options_.moving_variance_initializer))
      .set("beta_regularizer", detail::config_of(options_.beta_regularizer))
      .set("gamma_regularizer", detail::config_of(options_.gamma_regularizer))
      .set("beta_constraint", detail::config_of(options_.beta_constraint))
      .set("gamma_constraint", detail::config_of(options_.gamma_constraint))
      .set("synchronized", false);
}

BatchNormalization::BatchNormalization(BatchNormalizationOptions options)
    : LayerRef(layer<BatchNormalizationLayer>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_batch_normalization() {
  detail::register_layer("BatchNormalization", layers::from_config);
}
}  // namespace registration

}  // namespace weft
