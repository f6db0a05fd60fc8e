#include <weft/core/ops/stop_gradient.h>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config&) {
  ops::check_inputs("stop_gradient", inputs, 1);
  return {inputs[0]};
}

}  // namespace

namespace ops {

Tensor stop_gradient(const Tensor& x) { return apply_one("stop_gradient", {x}); }

}  // namespace ops

namespace registration {

void op_stop_gradient() {
  register_op({.name = "stop_gradient",
               .infer = infer,
               .traits = {.view = true},
               .keras_class = "StopGradient",
               .keras_module = "core"});
}

}  // namespace registration
}  // namespace weft
