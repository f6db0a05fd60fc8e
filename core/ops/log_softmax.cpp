#include <weft/core/ops/log_softmax.h>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::Specs;

Specs infer(const Specs& inputs, const Config& attrs) {
  ops::check_inputs("log_softmax", inputs, 1);
  ops::axis_of("log_softmax", attrs, inputs[0].shape.rank());
  return {inputs[0]};
}

/// log_softmax_grad(y, dy).
Specs infer_grad(const Specs& inputs, const Config&) {
  ops::check_inputs("log_softmax_grad", inputs, 2);
  return {inputs[0]};
}

std::vector<Tensor> grad(const GradArgs& args) {
  return {apply_one("log_softmax_grad", {args.outputs[0], args.grads[0]}, args.attrs)};
}

std::vector<Tensor> grad_of_grad(const GradArgs&) { ops::no_second_order("log_softmax"); }

}  // namespace

namespace ops {

Tensor log_softmax(const Tensor& x, int axis) {
  return apply_one("log_softmax", {x},
                   {{"axis", normalize_axis("log_softmax", axis, x.shape().rank())}});
}

}  // namespace ops

namespace registration {

void op_log_softmax() {
  register_op({.name = "log_softmax",
               .infer = infer,
               .grad = grad,
               .traits = {.promotion = Promotion::common_floating},
               .keras_class = "LogSoftmax",
               .keras_module = "nn"});
  register_op({.name = "log_softmax_grad", .infer = infer_grad, .grad = grad_of_grad});
}

}  // namespace registration
}  // namespace weft
