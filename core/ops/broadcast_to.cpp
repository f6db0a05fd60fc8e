#include <weft/core/ops/broadcast_to.h>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("broadcast_to", inputs, 1);
  const Shape& from = inputs[0].shape;
  Shape to = attrs.get<Shape>("shape");
  for (Dim d : to) {
    if (d.known() && static_cast<std::int64_t>(d) < 0) {
      ops::fail("broadcast_to", "a dimension is negative", "0 or more, or None to keep that of x",
                "shape=" + to.to_string());
    }
  }
  const int extra = to.rank() - from.rank();
  bool fits = extra >= 0;
  for (int i = 0; fits && i < from.rank(); ++i) {
    const Dim have = from[i], want = to[i + extra];
    if (!want.known()) {
      to.set(i + extra, have);  // None in the target keeps x's dimension
    } else if (have.known() && !(have == 1) && !(have == want)) {
      fits = false;
    }
  }
  if (!fits) {
    ops::fail("broadcast_to", "x does not broadcast",
              "each dimension 1 or that of shape=" + to.to_string(), "x.shape=" + from.to_string());
  }
  return {{to, inputs[0].dtype}};
}

std::vector<Tensor> grad(const GradArgs& args) {
  return {ops::sum_to(args.grads[0], args.inputs[0].shape())};
}

}  // namespace

namespace ops {

Tensor broadcast_to(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape && shape.known()) return x;
  return apply_one("broadcast_to", {x}, {{"shape", shape}});
}

}  // namespace ops

namespace registration {

void op_broadcast_to() {
  register_op({.name = "broadcast_to", .infer = infer, .grad = grad, .keras_class = "BroadcastTo"});
}

}  // namespace registration
}  // namespace weft
