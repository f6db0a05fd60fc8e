#include <weft/core/ops/squeeze.h>

#include <weft/core/ops/expand_dims.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace {

ops::Ints dropped(const Shape& shape, const Config& attrs) {
  if (auto axes = ops::axes_of("squeeze", attrs, shape.rank())) return *axes;
  ops::Ints ones;
  for (int i = 0; i < shape.rank(); ++i) {
    if (shape[i] == 1) ones.push_back(i);
  }
  return ones;
}

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("squeeze", inputs, 1);
  const Shape& from = inputs[0].shape;
  const ops::Ints axes = dropped(from, attrs);
  for (std::int64_t axis : axes) {
    const Dim d = from[static_cast<int>(axis)];
    if (d.known() && !(d == 1)) {
      ops::fail("squeeze", fmt::format("axis {} cannot be dropped", axis), "size 1",
                "size " + ops::dim_text(d) + " of x.shape=" + from.to_string());
    }
  }
  return {{ops::reduced_shape(from, axes, false), inputs[0].dtype}};
}

std::vector<Tensor> grad(const GradArgs& args) {
  return {ops::expand_dims(args.grads[0], dropped(args.inputs[0].shape(), args.attrs))};
}

}  // namespace

namespace ops {

Tensor squeeze(const Tensor& x, const Axes& axis) {
  Config attrs;
  if (axis.given()) attrs.set("axis", axis.list());
  return apply_one("squeeze", {x}, attrs);
}

}  // namespace ops

namespace registration {

void op_squeeze() {
  register_op({.name = "squeeze",
               .infer = infer,
               .grad = grad,
               .traits = {.view = true},
               .keras_class = "Squeeze"});
}

}  // namespace registration
}  // namespace weft
