#include "layers/merging/merge.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/ops/expand_dims.h>
#include <weft/core/ops/full.h>
#include <weft/core/ops/pointwise/logical_or.h>
#include <weft/core/ops/pointwise/where.h>

#include <algorithm>

#include "core/access.hpp"
#include "core/config_access.hpp"
#include "core/shape_text.hpp"

namespace weft {
namespace detail {

Tensor over_elements(const Tensor& mask, const Tensor& x) {
  Tensor m = mask;
  if (m.shape().rank() < x.shape().rank()) m = ops::expand_dims(m, -1);
  return ops::logical_or(
      m, ops::zeros_like(x, DType::boolean));  // broadcasts, also while dimensions are None
}

Tensor masked_fold(Tensor (*op)(const Tensor&, const Tensor&), const std::vector<Tensor>& inputs,
                   const std::vector<std::optional<Tensor>>& masks) {
  Tensor output = inputs[0];
  std::optional<Tensor> output_mask;
  if (masks[0]) output_mask = over_elements(*masks[0], output);
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    Tensor x = inputs[i];
    std::optional<Tensor> mask;
    if (masks[i]) mask = over_elements(*masks[i], x);
    if (mask) x = ops::where(*mask, x, output);
    if (output_mask) output = ops::where(*output_mask, output, x);
    if (mask && output_mask)
      output_mask = ops::logical_or(*output_mask, *mask);
    else
      output_mask.reset();
    output = op(output, x);
  }
  return output;
}

}  // namespace detail

namespace layers {
namespace {

// Keras's broadcasting, where None fits anything.
Shape broadcast(const std::string& name, const Shape& a, const Shape& b) {
  if (a.rank() < b.rank()) return broadcast(name, b, a);
  Shape out = a;
  for (int i = 1; i <= b.rank(); ++i) {
    const Dim x = a[-i], y = b[-i];
    if (!x.known() || !y.known())
      out.set(-i, None);
    else if (x == 1)
      out.set(-i, y);
    else if (!(y == 1) && !(x == y)) {
      throw ShapeError(fmt::format("{}: Inputs have incompatible shapes. Received shapes {} and {}",
                                   name, a.to_string(), b.to_string()));
    }
  }
  return out;
}

}  // namespace

MergeLayer::MergeLayer(LayerOptions options, const char* keras_class)
    : Layer(std::move(options), keras_class) {
  supports_masking = true;
}

void MergeLayer::build(const std::vector<Shape>& input_shapes) { check(input_shapes); }

void MergeLayer::check(const std::vector<Shape>& input_shapes) const {
  if (input_shapes.empty()) {
    throw GraphError(fmt::format(
        "{}: A merge layer should be called on a list of at least 1 input. Received 0 inputs.",
        name()));
  }
  Dim batch;
  for (const Shape& one : input_shapes) {
    if (one.rank() == 0 || !one[0].known()) continue;
    if (batch.known() && !(batch == one[0])) {
      throw ShapeError(fmt::format(
          "{}: Cannot merge tensors with different batch sizes. Received tensors with shapes {}",
          name(), detail::shape_list(input_shapes)));
    }
    batch = one[0];
  }
  Shape out = detail::without_batch(input_shapes[0]);
  for (const Shape& one : input_shapes) out = broadcast(name(), out, detail::without_batch(one));
}

Tensor MergeLayer::call(const Tensors& inputs) {
  if (inputs.is_single()) {
    throw GraphError(
        fmt::format("{}: A merge layer should be called on a list of inputs. Received: one tensor "
                    "of shape {} (not a "
                    "list of tensors)",
                    name(), inputs.shape().to_string()));
  }
  std::vector<Tensor> tensors = inputs.flat();
  check(detail::shapes_of(tensors));
  OptionalMasks masks;
  for (const Tensor& t : tensors) masks.push_back(detail::keras_mask(t));
  if (aligns_ranks()) {
    int rank = 0;
    for (const Tensor& t : tensors) rank = std::max(rank, t.shape().rank());
    for (Tensor& t : tensors) {
      while (t.shape().rank() < rank) t = ops::expand_dims(t, 1);
    }
  }
  return merge(tensors, masks);
}

Config MergeLayer::get_build_config() const {
  const Config base = Layer::get_build_config();
  if (!base.contains("input_shape")) return base;
  const detail::ConfigList& dims = detail::list(base["input_shape"]);
  const bool one_shape = dims.empty() || detail::kind(dims[0]) != detail::ConfigKind::list;
  if (!one_shape) return base;
  return {{"input_shape", {base["input_shape"]}}};
}

Masks MergeLayer::compute_mask(const Tensors& inputs, const Masks& masks) {
  std::optional<Tensor> out;
  for (int i = 0; i < inputs.size(); ++i) {
    const std::optional<Tensor> one = masks[i];
    if (!one) return {};
    out = out ? ops::logical_or(*out, *one) : *one;
  }
  return out;
}

}  // namespace layers
}  // namespace weft
