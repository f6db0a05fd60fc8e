#include <weft/core/ops/take.h>

#include <weft/core/ops/reshape.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::Specs;

void check_indices(DType dtype) {
  if (!dtype.is_integer())
    ops::fail<DtypeError>("take", "indices are no integers", "an integer dtype", dtype.name());
}

Specs infer(const Specs& inputs, const Config& attrs) {
  ops::check_inputs("take", inputs, 2);
  check_indices(inputs[1].dtype);
  const Shape &from = inputs[0].shape, &indices = inputs[1].shape;
  const int axis = ops::axis_of("take", attrs, from.rank());
  Shape out;
  for (int i = 0; i < from.rank(); ++i) {
    if (i != axis) {
      out.push_back(from[i]);
    } else {
      for (Dim d : indices) out.push_back(d);
    }
  }
  return {{out, inputs[0].dtype}};
}

/// take_grad(g, indices): zeros of attrs["shape"], plus each slice of g at its index.
Specs infer_grad(const Specs& inputs, const Config& attrs) {
  ops::check_inputs("take_grad", inputs, 2);
  check_indices(inputs[1].dtype);
  return {{attrs.get<Shape>("shape"), inputs[0].dtype}};
}

std::vector<Tensor> grad(const GradArgs& args) {
  if (!args.wanted[0]) return {Tensor(), Tensor()};
  const Config attrs = Config(args.attrs).set("shape", args.inputs[0].shape());
  return {apply_one("take_grad", {args.grads[0], args.inputs[1]}, attrs), Tensor()};
}

std::vector<Tensor> grad_of_grad(const GradArgs& args) {
  return {apply_one("take", {args.grads[0], args.inputs[1]}, Config(args.attrs).erase("shape")),
          Tensor()};
}

}  // namespace

namespace ops {

Tensor take(const Tensor& x, const Tensor& indices, std::optional<int> axis) {
  if (!axis) return apply_one("take", {reshape(x, {-1}), indices}, {{"axis", 0}});
  return apply_one("take", {x, indices},
                   {{"axis", normalize_axis("take", *axis, x.shape().rank())}});
}

}  // namespace ops

namespace registration {

void op_take() {
  register_op({.name = "take",
               .infer = infer,
               .grad = grad,
               .traits = {.refuses_data = true},
               .keras_class = "Take"});
  register_op({.name = "take_grad",
               .infer = infer_grad,
               .grad = grad_of_grad,
               .traits = {.refuses_data = true, .checked_by = "take"}});
}

}  // namespace registration
}  // namespace weft
