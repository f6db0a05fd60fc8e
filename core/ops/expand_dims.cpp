#include <weft/core/ops/expand_dims.h>

#include <weft/core/ops/squeeze.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace {

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("expand_dims", inputs, 1);
  const Shape& from = inputs[0].shape;
  const int rank = from.rank() + static_cast<int>(attrs.get<ops::Ints>("axis").size());
  std::vector<bool> fresh(static_cast<std::size_t>(rank), false);
  const ops::Ints axes = ops::axes_or_all("expand_dims", attrs, rank);
  for (std::int64_t axis : axes) fresh[static_cast<std::size_t>(axis)] = true;
  Shape out;
  int next = 0;
  for (bool one : fresh) out.push_back(one ? Dim(1) : from[next++]);
  return {{out, inputs[0].dtype}};
}

std::vector<Tensor> grad(const GradArgs& args) {
  return {ops::squeeze(args.grads[0], args.attrs.get<std::vector<std::int64_t>>("axis"))};
}

}  // namespace

namespace ops {

Tensor expand_dims(const Tensor& x, const Axes& axis) {
  return apply_one("expand_dims", {x}, {{"axis", axis.list()}});
}

}  // namespace ops

namespace registration {

void op_expand_dims() {
  register_op({.name = "expand_dims",
               .infer = infer,
               .grad = grad,
               .traits = {.view = true},
               .keras_class = "ExpandDims"});
}

}  // namespace registration
}  // namespace weft
