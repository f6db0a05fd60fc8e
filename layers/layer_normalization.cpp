#include <fmt/core.h>
#include <weft/core/ops/layer_normalization.h>
#include <weft/core/ops/pointwise/rsqrt.h>
#include <weft/core/ops/pointwise/square.h>
#include <weft/core/ops/reduce.h>
#include <weft/core/ops/reshape.h>
#include <weft/layers/layer_normalization.h>

#include <algorithm>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/norms.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<LayerNormalizationOptions>(c);
  if (c.contains("axis")) o.axis = detail::axis_of(c);
  detail::read(c, "epsilon", o.epsilon);
  detail::read(c, "center", o.center);
  detail::read(c, "scale", o.scale);
  detail::read(c, "beta_initializer", o.beta_initializer);
  detail::read(c, "gamma_initializer", o.gamma_initializer);
  detail::read(c, "beta_regularizer", o.beta_regularizer);
  detail::read(c, "gamma_regularizer", o.gamma_regularizer);
  detail::read(c, "beta_constraint", o.beta_constraint);
  detail::read(c, "gamma_constraint", o.gamma_constraint);
  detail::refuse_option(c, "LayerNormalization", "rms_scaling");
  return LayerNormalization(std::move(o));
}

std::vector<int> sorted(const ops::Axes& axis) {
  std::vector<int> out;
  for (std::int64_t one : axis.list()) out.push_back(static_cast<int>(one));
  std::sort(out.begin(), out.end());
  return out;
}

// A weight of the shape of `axes` in a shape that broadcasts against x.
Tensor along_axes(const Tensor& v, const std::vector<int>& axes, int rank) {
  if (axes.size() == 1 && (axes[0] == -1 || axes[0] == rank - 1)) return v;
  Shape shape;
  for (int i = 0; i < rank; ++i) shape.push_back(1);
  for (std::size_t i = 0; i < axes.size(); ++i) shape.set(axes[i], v.shape()[static_cast<int>(i)]);
  return ops::reshape(v, shape);
}

// Whether the sorted axes are the last ones: each at its place from the end.
bool are_last(const std::vector<int>& axes, int rank) {
  const auto count = static_cast<int>(axes.size());
  for (int i = 0; i < count; ++i) {
    const int axis = axes[static_cast<std::size_t>(i)];
    if ((axis < 0 ? axis + rank : axis) != rank - count + i) return false;
  }
  return true;
}

bool is_small_floating(DType d) { return d == DType::float16 || d == DType::bfloat16; }

}  // namespace

LayerNormalizationLayer::LayerNormalizationLayer(LayerNormalizationOptions options)
    : Layer(detail::layer_options(options), "LayerNormalization"),
      options_(std::move(options)),
      axes_(sorted(options_.axis)) {
  if (axes_.empty())
    throw Error("LayerNormalization: `axis` must name at least one axis. Received: none");
  supports_masking = true;
}

void LayerNormalizationLayer::build(const Shape& input_shape) {
  Shape shape;
  for (int axis : axes_) {
    if (axis >= input_shape.rank() || axis < -input_shape.rank()) {
      throw ShapeError(
          fmt::format("{}: Axis {} is out of bounds for input shape {}. Received: axis={}", name(),
                      axis, input_shape.to_string(), detail::to_text(ConfigValue(axes_))));
    }
    shape.push_back(input_shape[axis]);
  }
  if (options_.scale) {
    gamma_ = add_weight({.shape = shape,
                         .initializer = options_.gamma_initializer,
                         .autocast = false,
                         .regularizer = options_.gamma_regularizer,
                         .constraint = options_.gamma_constraint,
                         .name = "gamma"});
  }
  if (options_.center) {
    beta_ = add_weight({.shape = shape,
                        .initializer = options_.beta_initializer,
                        .autocast = false,
                        .regularizer = options_.beta_regularizer,
                        .constraint = options_.beta_constraint,
                        .name = "beta"});
  }
}

Tensor LayerNormalizationLayer::call(const Tensor& inputs) {
  const Tensor x = is_small_floating(inputs.dtype()) ? inputs.astype(DType::float32) : inputs;
  const int rank = x.shape().rank();
  if (are_last(axes_, rank) && x.dtype() == DType::float32) {
    const Tensor y = ops::layer_normalization(
        x, gamma_ ? gamma_.value() : Tensor(), beta_ ? beta_.value() : Tensor(),
        {.axes = static_cast<int>(axes_.size()), .epsilon = options_.epsilon});
    return y.astype(compute_dtype());
  }
  const Tensor centered = x - ops::mean(x, {.axis = axes_, .keepdims = true});
  const Tensor variance = ops::mean(ops::square(centered), {.axis = axes_, .keepdims = true});
  Tensor y = centered * ops::rsqrt(variance + options_.epsilon);
  if (gamma_) y = y * along_axes(gamma_, axes_, rank);
  if (beta_) y = y + along_axes(beta_, axes_, rank);
  return y.astype(compute_dtype());
}

Config LayerNormalizationLayer::get_config() const {
  // Keras makes a list of the axis when it is built.
  const ConfigValue axis = built() ? ConfigValue(axes_) : detail::axis_to_config(axes_);
  return Layer::get_config()
      .set("axis", axis)
      .set("epsilon", options_.epsilon)
      .set("center", options_.center)
      .set("scale", options_.scale)
      .set("rms_scaling", false)
      .set("beta_initializer", detail::config_of(options_.beta_initializer))
      .set("gamma_initializer", detail::config_of(options_.gamma_initializer))
      .set("beta_regularizer", detail::config_of(options_.beta_regularizer))
      .set("gamma_regularizer", detail::config_of(options_.gamma_regularizer))
      .set("beta_constraint", detail::config_of(options_.beta_constraint))
      .set("gamma_constraint", detail::config_of(options_.gamma_constraint));
}

LayerNormalization::LayerNormalization(LayerNormalizationOptions options)
    : LayerRef(layer<LayerNormalizationLayer>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_layer_normalization() {
  detail::register_layer("LayerNormalization", layers::from_config);
}
}  // namespace registration

}  // namespace weft
