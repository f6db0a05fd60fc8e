#include <fmt/core.h>
#include <weft/core/ops/concatenate.h>
#include <weft/core/ops/full.h>
#include <weft/core/ops/reduce.h>
#include <weft/layers/concatenate.h>

#include "core/shape_text.hpp"
#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/merging/merge.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<ConcatenateOptions>(c);
  detail::read(c, "axis", o.axis);
  return Concatenate(std::move(o));
}

// Whether two shapes are alike but for one axis; None fits anything.
bool fit(const Shape& a, const Shape& b, int axis) {
  if (a.rank() != b.rank()) return false;
  for (int i = 0; i < a.rank(); ++i) {
    if (i != axis && a[i].known() && b[i].known() && !(a[i] == b[i])) return false;
  }
  return true;
}

}  // namespace

ConcatenateLayer::ConcatenateLayer(ConcatenateOptions options)
    : MergeLayer(detail::layer_options(options), "Concatenate"), axis_(options.axis) {}

void ConcatenateLayer::check(const std::vector<Shape>& input_shapes) const {
  if (input_shapes.empty()) {
    throw GraphError(
        fmt::format("{}: A `Concatenate` layer should be called on a list of at least 1 input. "
                    "Received: input_shape=[]",
                    name()));
  }
  const int rank = input_shapes[0].rank();
  if (axis_ >= rank || axis_ < -rank) {
    throw ShapeError(
        fmt::format("{}: Axis {} is out of bounds for input shape {}. Received: axis={}", name(),
                    axis_, input_shapes[0].to_string(), axis_));
  }
  const int axis = axis_ < 0 ? axis_ + rank : axis_;
  for (const Shape& a : input_shapes) {
    for (const Shape& b : input_shapes) {
      if (fit(a, b, axis)) continue;
      throw ShapeError(
          fmt::format("{}: A `Concatenate` layer requires inputs with matching shapes except for "
                      "the concatenation "
                      "axis. Received: input_shape={}",
                      name(), detail::shape_list(input_shapes)));
    }
  }
}

Tensor ConcatenateLayer::merge(const std::vector<Tensor>& inputs, const OptionalMasks&) {
  return ops::concatenate(inputs, axis_);
}

Masks ConcatenateLayer::compute_mask(const Tensors& inputs, const Masks& masks) {
  const std::vector<Tensor> tensors = inputs.flat();
  bool any = false;
  std::vector<Tensor> parts;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const std::optional<Tensor> mask = masks[static_cast<int>(i)];
    any = any || mask.has_value();
    parts.push_back(mask ? detail::over_elements(*mask, tensors[i])
                         : ops::ones_like(tensors[i], DType::boolean));
  }
  if (!any) return {};
  return ops::any(ops::concatenate(parts, axis_), {.axis = -1});
}

Config ConcatenateLayer::get_config() const { return Layer::get_config().set("axis", axis_); }

Concatenate::Concatenate(ConcatenateOptions options)
    : LayerRef(layer<ConcatenateLayer>(std::move(options))) {}

Tensor concatenate(const Tensors& inputs, ConcatenateOptions options) {
  return Concatenate(std::move(options))(inputs);
}

}  // namespace layers

namespace registration {
void layer_concatenate() { detail::register_layer("Concatenate", layers::from_config); }
}  // namespace registration

}  // namespace weft
