#include <weft/core/ops/slice.h>

#include "core/ops/slice_range.hpp"

namespace weft {
namespace {

using ops::Specs;

Specs infer(const Specs& inputs, const Config& attrs) {
  ops::check_inputs("slice", inputs, 1);
  Shape out;
  for (const ops::AxisRange& r : ops::slice_ranges(inputs[0].shape, attrs)) {
    if (!r.dropped) out.push_back(r.count);
  }
  return {{out, inputs[0].dtype}};
}

/// slice_grad(g): zeros of attrs["shape"] with g in the place of the slice.
Specs infer_grad(const Specs& inputs, const Config& attrs) {
  ops::check_inputs("slice_grad", inputs, 1);
  return {{attrs.get<Shape>("shape"), inputs[0].dtype}};
}

std::vector<Tensor> grad(const GradArgs& args) {
  return {apply_one("slice_grad", {args.grads[0]},
                    Config(args.attrs).set("shape", args.inputs[0].shape()))};
}

std::vector<Tensor> grad_of_grad(const GradArgs& args) {
  return {apply_one("slice", {args.grads[0]}, Config(args.attrs).erase("shape"))};
}

}  // namespace

namespace ops {

Config slice_attrs(const std::vector<Index>& indices) {
  std::vector<std::optional<std::int64_t>> start, stop;
  Ints step, squeeze;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const Index& index = indices[i];
    start.push_back(index.slice.start);
    stop.push_back(index.single ? std::nullopt : index.slice.stop);
    step.push_back(index.single ? 1 : index.slice.step.value_or(1));
    if (index.single) squeeze.push_back(static_cast<std::int64_t>(i));
  }
  return {{"start", start}, {"stop", stop}, {"step", step}, {"squeeze", squeeze}};
}

Tensor getitem(const Tensor& x, const std::vector<Index>& indices) {
  return apply_one("slice", {x}, slice_attrs(indices));
}

Tensor slice(const Tensor& x, const std::vector<std::int64_t>& start_indices, const Shape& shape) {
  const Shape whole = x.shape();
  if (static_cast<int>(start_indices.size()) != whole.rank() || shape.rank() != whole.rank()) {
    fail("slice", "start_indices or shape has another rank",
         fmt::format("{} numbers each", whole.rank()),
         fmt::format("{} and {}", start_indices.size(), shape.rank()));
  }
  std::vector<Index> indices;
  for (int i = 0; i < whole.rank(); ++i) {
    const std::int64_t start = start_indices[static_cast<std::size_t>(i)];
    const bool to_end = !shape[i].known() || shape[i] == -1;
    const std::int64_t stop = to_end ? 0 : start + shape[i];
    if (whole[i].known() && (start < 0 || start > whole[i] || (!to_end && stop > whole[i]))) {
      fail("slice", fmt::format("the part reaches beyond x along axis {}", i),
           "x.shape=" + whole.to_string(),
           fmt::format("start {}, shape {}", start, shape.to_string()));
    }
    indices.emplace_back(to_end ? Slice{start, {}, {}} : Slice{start, stop, {}});
  }
  return getitem(x, indices);
}

}  // namespace ops

namespace registration {

void op_slice() {
  register_op({.name = "slice", .infer = infer, .grad = grad, .keras_class = "GetItem"});
  register_op({.name = "slice_grad", .infer = infer_grad, .grad = grad_of_grad});
}

}  // namespace registration
}  // namespace weft
