#include <weft/core/ops/transpose.h>

#include <algorithm>
#include <numeric>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

ops::Ints order(const Shape& shape, const Config& attrs) {
  const int rank = shape.rank();
  if (auto axes = ops::axes_of("transpose", attrs, rank, "axes")) {
    if (static_cast<int>(axes->size()) != rank) {
      ops::fail("transpose", "axes is no permutation of x's axes", fmt::format("{} axes", rank),
                fmt::format("{} axes, x.shape={}", axes->size(), shape.to_string()));
    }
    return *axes;
  }
  ops::Ints reversed(static_cast<std::size_t>(rank));
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  return reversed;
}

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("transpose", inputs, 1);
  Shape out;
  for (std::int64_t axis : order(inputs[0].shape, attrs))
    out.push_back(inputs[0].shape[static_cast<int>(axis)]);
  return {{out, inputs[0].dtype}};
}

std::vector<Tensor> grad(const GradArgs& args) {
  const ops::Ints forward = order(args.inputs[0].shape(), args.attrs);
  ops::Ints back(forward.size());
  for (std::size_t i = 0; i < forward.size(); ++i) {
    back[static_cast<std::size_t>(forward[i])] = static_cast<std::int64_t>(i);
  }
  return {ops::transpose(args.grads[0], back)};
}

ops::Ints identity(const Tensor& x) {
  ops::Ints axes(static_cast<std::size_t>(x.shape().rank()));
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

}  // namespace

namespace ops {

Tensor transpose(const Tensor& x, const Axes& axes) {
  Config attrs;
  if (axes.given()) attrs.set("axes", axes.list());
  return apply_one("transpose", {x}, attrs);
}

Tensor swapaxes(const Tensor& x, int axis1, int axis2) {
  const int rank = x.shape().rank();
  Ints axes = identity(x);
  std::swap(axes[static_cast<std::size_t>(normalize_axis("swapaxes", axis1, rank))],
            axes[static_cast<std::size_t>(normalize_axis("swapaxes", axis2, rank))]);
  return transpose(x, axes);
}

Tensor moveaxis(const Tensor& x, int source, int destination) {
  const int rank = x.shape().rank();
  const int from = normalize_axis("moveaxis", source, rank),
            to = normalize_axis("moveaxis", destination, rank);
  Ints axes = identity(x);
  axes.erase(axes.begin() + from);
  axes.insert(axes.begin() + to, from);
  return transpose(x, axes);
}

}  // namespace ops

namespace registration {

void op_transpose() {
  register_op({.name = "transpose", .infer = infer, .grad = grad, .keras_class = "Transpose"});
}

}  // namespace registration
}  // namespace weft
