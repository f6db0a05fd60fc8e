#include <weft/core/ops/upsample.h>

#include "core/ops/window_sizes.hpp"

namespace weft {
namespace {

using ops::Specs;

ops::Ints sizes_of(const char* op, const Specs& inputs, const Config& attrs) {
  ops::check_inputs(op, inputs, 1);
  const Shape& x = inputs[0].shape;
  if (x.rank() < 3 || x.rank() > 5) {
    ops::fail(op, "x has the wrong rank", "[N, W, C], [N, H, W, C] or [N, D, H, W, C]",
              "x.shape=" + x.to_string());
  }
  return ops::window_sizes(op, attrs, "size", x.rank() - 2);
}

Specs infer(const Specs& inputs, const Config& attrs) {
  const ops::Ints sizes = sizes_of("upsample", inputs, attrs);
  Shape out = inputs[0].shape;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const int axis = static_cast<int>(i) + 1;
    if (out[axis].known()) out.set(axis, ops::checked_mul("upsample", out[axis], sizes[i]));
  }
  return {{out, inputs[0].dtype}};
}

// upsample_grad(dy): the sum of each block.
Specs infer_grad(const Specs& inputs, const Config& attrs) {
  const ops::Ints sizes = sizes_of("upsample_grad", inputs, attrs);
  Shape out = inputs[0].shape;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const int axis = static_cast<int>(i) + 1;
    if (!out[axis].known()) continue;
    if (out[axis] % sizes[i] != 0) {
      ops::fail("upsample_grad", "dy is not made of whole blocks",
                fmt::format("a multiple of {} along axis {}", sizes[i], axis), out.to_string());
    }
    out.set(axis, out[axis] / sizes[i]);
  }
  return {{out, inputs[0].dtype}};
}

std::vector<Tensor> grad(const GradArgs& a) {
  return {apply_one("upsample_grad", {a.grads[0]}, a.attrs)};
}
std::vector<Tensor> grad_grad(const GradArgs& a) {
  return {apply_one("upsample", {a.grads[0]}, a.attrs)};
}

}  // namespace

namespace ops {

Tensor upsample(const Tensor& x, const Sizes& size) {
  return apply_one("upsample", {x}, {{"size", ops::sizes_to_config(size)}});
}

}  // namespace ops

namespace registration {

void op_upsample() {
  register_op({.name = "upsample", .infer = infer, .grad = grad});
  register_op({.name = "upsample_grad", .infer = infer_grad, .grad = grad_grad});
}

}  // namespace registration
}  // namespace weft
