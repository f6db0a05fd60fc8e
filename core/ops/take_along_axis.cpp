#include <weft/core/ops/take_along_axis.h>

#include <weft/core/ops/reshape.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::Specs;

constexpr const char* kName = "take_along_axis";

void check(const Shape& x, const TensorSpec& indices, const Config& attrs) {
  const Shape& i = indices.shape;
  if (!indices.dtype.is_integer()) {
    ops::fail<DtypeError>(kName, "indices are no integers", "an integer dtype",
                          indices.dtype.name());
  }
  bool fits = x.rank() == i.rank();
  const int axis = fits ? ops::axis_of(kName, attrs, x.rank()) : 0;
  for (int d = 0; fits && d < x.rank(); ++d)
    fits = d == axis || !x[d].known() || !i[d].known() || x[d] == i[d];
  if (!fits) {
    ops::fail(kName, "x and indices do not fit", "the same shape but along the axis",
              "x.shape=" + x.to_string() + ", indices.shape=" + i.to_string());
  }
}

Specs infer(const Specs& inputs, const Config& attrs) {
  ops::check_inputs(kName, inputs, 2);
  check(inputs[0].shape, inputs[1], attrs);
  return {{inputs[1].shape, inputs[0].dtype}};
}

/// take_along_axis_grad(g, indices): zeros of attrs["shape"], plus each element of g at its index.
Specs infer_grad(const Specs& inputs, const Config& attrs) {
  ops::check_inputs("take_along_axis_grad", inputs, 2);
  const auto shape = attrs.get<Shape>("shape");
  check(shape, inputs[1], attrs);
  return {{shape, inputs[0].dtype}};
}

std::vector<Tensor> grad(const GradArgs& args) {
  if (!args.wanted[0]) return {Tensor(), Tensor()};
  const Config attrs = Config(args.attrs).set("shape", args.inputs[0].shape());
  return {apply_one("take_along_axis_grad", {args.grads[0], args.inputs[1]}, attrs), Tensor()};
}

std::vector<Tensor> grad_of_grad(const GradArgs& args) {
  return {apply_one(kName, {args.grads[0], args.inputs[1]}, Config(args.attrs).erase("shape")),
          Tensor()};
}

}  // namespace

namespace ops {

Tensor take_along_axis(const Tensor& x, const Tensor& indices, std::optional<int> axis) {
  if (!axis) return apply_one(kName, {reshape(x, {-1}), reshape(indices, {-1})}, {{"axis", 0}});
  return apply_one(kName, {x, indices}, {{"axis", normalize_axis(kName, *axis, x.shape().rank())}});
}

}  // namespace ops

namespace registration {

void op_take_along_axis() {
  register_op({.name = kName,
               .infer = infer,
               .grad = grad,
               .traits = {.refuses_data = true},
               .keras_class = "TakeAlongAxis"});
  register_op({.name = "take_along_axis_grad",
               .infer = infer_grad,
               .grad = grad_of_grad,
               .traits = {.refuses_data = true, .checked_by = kName}});
}

}  // namespace registration
}  // namespace weft
