#include <weft/core/ops/cast.h>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("cast", inputs, 1);
  const DType dtype = attrs.get<DType>("dtype");
  if (dtype == DType::undefined) {
    ops::fail<DtypeError>("cast", "no dtype was given", "a dtype such as float32", "undefined");
  }
  return {{inputs[0].shape, dtype}};
}

std::vector<Tensor> grad(const GradArgs& args) {
  const DType from = args.inputs[0].dtype();
  if (!from.is_floating() || !args.grads[0].dtype().is_floating()) return {Tensor()};
  return {ops::cast(args.grads[0], from)};
}

}  // namespace

namespace ops {

Tensor cast(const Tensor& x, DType dtype) { return apply_one("cast", {x}, {{"dtype", dtype}}); }

}  // namespace ops

namespace registration {

void op_cast() {
  register_op({.name = "cast",
               .infer = infer,
               .grad = grad,
               .keras_class = "Cast",
               .keras_module = "core"});
}

}  // namespace registration
}  // namespace weft
