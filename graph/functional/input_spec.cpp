// The messages and their order are those of keras/src/layers/input_spec.py,
// assert_input_compatibility.
#include "graph/functional/input_spec.hpp"

#include <weft/core/error.h>

#include <algorithm>

#include "core/names.hpp"
#include "core/shape_text.hpp"

namespace weft::detail {
namespace {

std::string start_of(int index, const InputSpec& spec, const std::string& layer_name) {
  return "Input " + std::to_string(index) + " with name '" +
         (spec.name.empty() ? "None" : spec.name) + "' of layer '" + layer_name +
         "' is incompatible with the layer: ";
}

void check_rank(const InputSpec& spec, const Shape& shape, const std::string& start) {
  const std::string ndim = std::to_string(shape.rank()),
                    full = ". Full shape received: " + shape.to_string();
  if (spec.ndim && !spec.allow_last_axis_squeeze && shape.rank() != *spec.ndim) {
    throw ShapeError(start + "expected ndim=" + std::to_string(*spec.ndim) +
                     ", found ndim=" + ndim + full);
  }
  if (spec.max_ndim && shape.rank() > *spec.max_ndim) {
    throw ShapeError(start + "expected max_ndim=" + std::to_string(*spec.max_ndim) +
                     ", found ndim=" + ndim);
  }
  if (spec.min_ndim && shape.rank() < *spec.min_ndim) {
    throw ShapeError(start + "expected min_ndim=" + std::to_string(*spec.min_ndim) +
                     ", found ndim=" + ndim + full);
  }
}

void check_axes(const InputSpec& spec, const Shape& shape, const std::string& start) {
  for (const auto& [axis, value] : spec.axes) {
    if (!value.known()) continue;
    const bool there = axis < shape.rank() && axis >= -shape.rank();
    if (there && (!shape[axis].known() || shape[axis] == value)) continue;
    throw ShapeError(start + "expected axis " + std::to_string(axis) +
                     " of input shape to have value " +
                     std::to_string(static_cast<std::int64_t>(value)) +
                     ", but received input with shape " + shape.to_string());
  }
}

Shape without_trailing_one(const Shape& shape) {
  if (shape.rank() == 0 || !(shape[-1] == 1)) return shape;
  return Shape(std::vector<Dim>(shape.begin(), shape.end() - 1));
}

void check_shape(const InputSpec& spec, Shape shape, const std::string& start) {
  Shape wanted = *spec.shape;
  if (spec.allow_last_axis_squeeze) {
    shape = without_trailing_one(shape);
    wanted = without_trailing_one(wanted);
  }
  for (int i = 0; i < std::min(shape.rank(), wanted.rank()); ++i) {
    if (!wanted[i].known() || !shape[i].known() || wanted[i] == shape[i]) continue;
    throw ShapeError(start + "expected shape=" + spec.shape->to_string() +
                     ", found shape=" + shape.to_string());
  }
}

bool all_named(const std::vector<InputSpec>& specs) {
  return std::all_of(specs.begin(), specs.end(),
                     [](const InputSpec& spec) { return !spec.name.empty(); });
}

[[noreturn]] void throw_count(const std::vector<InputSpec>& specs,
                              const std::vector<Tensor>& inputs, const std::string& layer_name) {
  const std::string expected = std::to_string(specs.size()),
                    received = std::to_string(inputs.size());
  if (all_named(specs)) {
    std::vector<std::string> names;
    std::string example;
    for (const InputSpec& spec : specs) {
      names.push_back(spec.name);
      example += (example.empty() ? "'" : ", '") + spec.name + "': ...";
    }
    throw GraphError("Layer \"" + layer_name + "\" expects " + expected +
                     " named input(s) with keys " + quoted_list(names) + ", but it received " +
                     received + " input tensors. Pass inputs as a dict, e.g. `layer({" + example +
                     "})`.");
  }
  throw GraphError("Layer \"" + layer_name + "\" expects " + expected +
                   " input(s), but it received " + received + " input tensors. Inputs received: [" +
                   shapes_text(inputs) + "]");
}

}  // namespace

std::vector<Tensor> order_inputs(const std::vector<InputSpec>& specs, const Tensors& inputs) {
  if (!inputs.is_dict() || specs.empty() || !all_named(specs)) return inputs.flat();
  const std::vector<std::string> keys = inputs.keys();
  std::vector<Tensor> ordered;
  for (const InputSpec& spec : specs) {
    if (std::find(keys.begin(), keys.end(), spec.name) != keys.end()) {
      ordered.push_back(inputs[spec.name]);
      continue;
    }
    if (spec.optional) {
      ordered.emplace_back();
      continue;
    }
    std::vector<std::string> names;
    for (const InputSpec& one : specs) names.push_back(one.name);
    throw GraphError("Missing data for input \"" + spec.name +
                     "\". You passed a data dictionary with keys " + quoted_list(keys) +
                     ". Expected the following keys: " + quoted_list(names));
  }
  return ordered;
}

void check_input_specs(const std::vector<InputSpec>& specs, const Tensors& inputs,
                       const std::string& layer_name) {
  if (specs.empty()) return;
  const std::vector<Tensor> flat = order_inputs(specs, inputs);
  if (flat.size() != specs.size()) throw_count(specs, flat, layer_name);
  for (std::size_t i = 0; i < flat.size(); ++i) {
    const InputSpec& spec = specs[i];
    if (!flat[i]) {
      if (spec.optional) continue;
      throw GraphError(
          "The input '" + (spec.name.empty() ? std::to_string(i) : spec.name) +
          "' is not optional, but None was passed. Please provide a valid tensor. (Layer '" +
          layer_name + "')");
    }
    const std::string start = start_of(static_cast<int>(i), spec, layer_name);
    const Shape shape = flat[i].shape();
    check_rank(spec, shape, start);
    if (!(spec.dtype == DType::undefined) && !(flat[i].dtype() == spec.dtype)) {
      throw DtypeError(start + "expected dtype=" + spec.dtype.name() +
                       ", found dtype=" + flat[i].dtype().name());
    }
    check_axes(spec, shape, start);
    if (spec.shape) check_shape(spec, shape, start);
  }
}

}  // namespace weft::detail
