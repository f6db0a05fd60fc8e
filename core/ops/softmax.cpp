#include <weft/core/ops/softmax.h>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::Specs;

Specs infer(const Specs& inputs, const Config& attrs) {
  ops::check_inputs("softmax", inputs, 1);
  ops::axis_of("softmax", attrs, inputs[0].shape.rank());
  return {inputs[0]};
}

/// softmax_grad(y, dy).
Specs infer_grad(const Specs& inputs, const Config&) {
  ops::check_inputs("softmax_grad", inputs, 2);
  return {inputs[0]};
}

std::vector<Tensor> grad(const GradArgs& args) {
  return {apply_one("softmax_grad", {args.outputs[0], args.grads[0]}, args.attrs)};
}

std::vector<Tensor> grad_of_grad(const GradArgs&) { ops::no_second_order("softmax"); }

}  // namespace

namespace ops {

Tensor softmax(const Tensor& x, int axis) {
  return apply_one("softmax", {x}, {{"axis", normalize_axis("softmax", axis, x.shape().rank())}});
}

}  // namespace ops

namespace registration {

void op_softmax() {
  register_op({.name = "softmax",
               .infer = infer,
               .grad = grad,
               .traits = {.promotion = Promotion::common_floating},
               .keras_class = "Softmax",
               .keras_module = "nn"});
  register_op({.name = "softmax_grad", .infer = infer_grad, .grad = grad_of_grad});
}

}  // namespace registration
}  // namespace weft
