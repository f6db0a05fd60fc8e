// The ops behind weft/core/random.h. Input 0 (of dropout 1) is a generator's state, uint32 [2].
#include <weft/core/op.h>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::Specs;

void check_state(std::string_view op, const TensorSpec& state) {
  if (state.dtype == DType::uint32 && state.shape == Shape{2}) return;
  ops::fail(op, "the seed is no state of a SeedGenerator", "uint32 of shape (2,)",
            state.dtype.name() + " of shape " + state.shape.to_string());
}

Specs infer(const Specs& inputs, const Config& attrs) {
  ops::check_inputs("random", inputs, 1);
  check_state("random", inputs[0]);
  const auto shape = attrs.get<Shape>("shape");
  for (Dim d : shape) {
    if (d.known() && d < 0)
      ops::fail("random", "a dimension is negative", "0 or more", "shape=" + shape.to_string());
  }
  return {{shape, attrs.get<DType>("dtype")}};
}

Specs infer_advance(const Specs& inputs, const Config&) {
  ops::check_inputs("seed_advance", inputs, 1);
  check_state("seed_advance", inputs[0]);
  return {inputs[0]};
}

/// dropout(x, state): linear in x, so its gradient is the same op with the same state.
Specs infer_dropout(const Specs& inputs, const Config&) {
  ops::check_inputs("dropout", inputs, 2);
  check_state("dropout", inputs[1]);
  if (!inputs[0].dtype.is_floating()) {
    ops::fail<DtypeError>("dropout", "the inputs are not floating", "a floating dtype",
                          inputs[0].dtype.name());
  }
  return {inputs[0]};
}

std::vector<Tensor> grad_dropout(const GradArgs& args) {
  return {apply_one("dropout", {args.grads[0], args.inputs[1]}, args.attrs), Tensor()};
}

}  // namespace

namespace registration {

void op_random_draws() {
  for (const char* name :
       {"random_uniform", "random_normal", "random_truncated_normal", "random_randint"}) {
    register_op({.name = name, .infer = infer, .traits = {.impure = true}});
  }
  register_op({.name = "dropout",
               .infer = infer_dropout,
               .grad = grad_dropout,
               .traits = {.impure = true}});
  register_op({.name = "seed_advance", .infer = infer_advance});
}

}  // namespace registration
}  // namespace weft
