#include <weft/core/ops/interpolate.h>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::fail;
using ops::Specs;

int checked(std::string_view op, const Specs& inputs, const Config& attrs) {
  ops::check_inputs(op, inputs, 1);
  if (!inputs[0].dtype.is_floating())
    fail<DtypeError>(op, "x is not floating", "a floating dtype", inputs[0].dtype.name());
  const auto scale = attrs.get<std::int64_t>("scale");
  if (scale <= 0) fail(op, "scale is not positive", "1 or more", fmt::format("{}", scale));
  const auto name = attrs.get<std::string>("interpolation");
  if (name != "bilinear" && name != "bicubic" && name != "lanczos3" && name != "lanczos5") {
    fail<Error>(op, "there is no such interpolation", "bilinear, bicubic, lanczos3 or lanczos5",
                name);
  }
  return ops::axis_of(op, attrs, inputs[0].shape.rank());
}

Specs infer(const Specs& inputs, const Config& attrs) {
  const int axis = checked("interpolate", inputs, attrs);
  Shape out = inputs[0].shape;
  if (out[axis].known()) {
    const auto scale = attrs.get<std::int64_t>("scale");
    out.set(axis, ops::checked_mul("interpolate", out[axis], scale));
  }
  return {{out, inputs[0].dtype}};
}

// interpolate_grad(dy): the transposed sum.
Specs infer_grad(const Specs& inputs, const Config& attrs) {
  const int axis = checked("interpolate_grad", inputs, attrs);
  const auto scale = attrs.get<std::int64_t>("scale");
  Shape out = inputs[0].shape;
  if (out[axis].known()) {
    if (out[axis] % scale != 0) {
      fail("interpolate_grad", "dy has a wrong size",
           fmt::format("a multiple of {} along axis {}", scale, axis), out.to_string());
    }
    out.set(axis, out[axis] / scale);
  }
  return {{out, inputs[0].dtype}};
}

std::vector<Tensor> grad(const GradArgs& a) {
  return {apply_one("interpolate_grad", {a.grads[0]}, a.attrs)};
}
std::vector<Tensor> grad_grad(const GradArgs& a) {
  return {apply_one("interpolate", {a.grads[0]}, a.attrs)};
}

}  // namespace

namespace ops {

Tensor interpolate(const Tensor& x, int axis, std::int64_t scale,
                   const std::string& interpolation) {
  return apply_one("interpolate", {x},
                   {{"axis", normalize_axis("interpolate", axis, x.shape().rank())},
                    {"scale", scale},
                    {"interpolation", interpolation}});
}

}  // namespace ops

namespace registration {

void op_interpolate() {
  register_op({.name = "interpolate", .infer = infer, .grad = grad});
  register_op({.name = "interpolate_grad", .infer = infer_grad, .grad = grad_grad});
}

}  // namespace registration
}  // namespace weft
