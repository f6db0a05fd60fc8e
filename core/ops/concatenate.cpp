#include <weft/core/ops/concatenate.h>

#include <weft/core/ops/slice.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::fail;

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  if (inputs.empty())
    fail("concatenate", "there is nothing to join", "at least one tensor", "none");
  const Shape& first = inputs[0].shape;
  const int axis = ops::axis_of("concatenate", attrs, first.rank());
  Shape out = first;
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    const Shape& s = inputs[i].shape;
    bool fits = s.rank() == first.rank();
    for (int d = 0; fits && d < s.rank(); ++d) {
      if (d == axis) {
        out.set(d, out[d].known() && s[d].known() ? Dim(out[d] + s[d]) : None);
      } else if (!out[d].known()) {
        out.set(d, s[d]);
      } else {
        fits = !s[d].known() || s[d] == out[d];
      }
    }
    if (!fits) {
      fail("concatenate", fmt::format("tensor {} does not fit the others", i),
           fmt::format("shapes that differ along axis {} only", axis),
           first.to_string() + " and " + s.to_string());
    }
  }
  return {{out, inputs[0].dtype}};
}

std::vector<Tensor> grad(const GradArgs& args) {
  const int axis = ops::axis_of("concatenate", args.attrs, args.outputs[0].shape().rank());
  std::vector<Tensor> out(args.inputs.size());
  std::int64_t start = 0;
  for (std::size_t i = 0; i < args.inputs.size(); ++i) {
    const std::int64_t stop = start + args.inputs[i].shape()[axis];
    std::vector<Index> where(static_cast<std::size_t>(axis), Index(All));
    where.emplace_back(Slice{start, stop, {}});
    if (args.wanted[i]) out[i] = ops::getitem(args.grads[0], where);
    start = stop;
  }
  return out;
}

}  // namespace

namespace ops {

Tensor concatenate(const Tensors& xs, int axis) {
  return apply_one("concatenate", xs.flat(), {{"axis", axis}});
}

}  // namespace ops

namespace registration {

void op_concatenate() {
  register_op({.name = "concatenate",
               .infer = infer,
               .grad = grad,
               .traits = {.promotion = Promotion::common},
               .keras_class = "Concatenate"});
}

}  // namespace registration
}  // namespace weft
