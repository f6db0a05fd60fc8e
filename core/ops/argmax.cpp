#include <weft/core/ops/argmax.h>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::Specs;

Specs infer(std::string_view op, const Specs& inputs, const Config& attrs) {
  ops::check_inputs(op, inputs, 1);
  const Shape& x = inputs[0].shape;
  const ops::Ints axes = ops::axes_or_all(op, attrs, x.rank());
  for (std::int64_t axis : axes) {
    if (x[static_cast<int>(axis)] == 0) {
      ops::fail(op, "there is nothing to choose from", "at least one element along the axis",
                "x.shape=" + x.to_string());
    }
  }
  return {{ops::reduced_shape(x, axes, attrs.get<bool>("keepdims", false)), DType::int32}};
}

Specs infer_max(const Specs& inputs, const Config& attrs) { return infer("argmax", inputs, attrs); }
Specs infer_min(const Specs& inputs, const Config& attrs) { return infer("argmin", inputs, attrs); }

Tensor choose(std::string_view op, const Tensor& x, const ops::ArgOptions& options) {
  Config attrs;
  if (options.axis) attrs.set("axis", ops::Ints{*options.axis});
  if (options.keepdims) attrs.set("keepdims", true);
  return apply_one(op, {x}, attrs);
}

}  // namespace

namespace ops {

Tensor argmax(const Tensor& x, ArgOptions options) { return choose("argmax", x, options); }
Tensor argmin(const Tensor& x, ArgOptions options) { return choose("argmin", x, options); }

}  // namespace ops

namespace registration {

void op_argmax() {
  register_op({.name = "argmax", .infer = infer_max, .keras_class = "Argmax"});
  register_op({.name = "argmin", .infer = infer_min, .keras_class = "Argmin"});
}

}  // namespace registration
}  // namespace weft
