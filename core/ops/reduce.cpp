#include <weft/core/ops/reduce.h>

#include <algorithm>

#include <weft/core/ops/broadcast_to.h>
#include <weft/core/ops/cast.h>
#include <weft/core/ops/reshape.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::Ints;
using ops::ReduceOptions;
using ops::Specs;

Shape reduced(std::string_view op, const Specs& inputs, const Config& attrs) {
  ops::check_inputs(op, inputs, 1);
  const Shape& from = inputs[0].shape;
  return ops::reduced_shape(from, ops::axes_or_all(op, attrs, from.rank()),
                            attrs.get<bool>("keepdims", false));
}

/// NumPy's and Keras's: sums of small integers need room.
DType sum_dtype(DType d) {
  switch (d.code()) {
    case DType::boolean:
    case DType::int8:
    case DType::int16:
      return DType::int32;
    case DType::uint8:
    case DType::uint16:
      return DType::uint32;
    default:
      return d;
  }
}

/// Of nothing there is no largest element.
void refuse_empty(std::string_view op, const Shape& from, const Config& attrs) {
  for (std::int64_t axis : ops::axes_or_all(op, attrs, from.rank())) {
    if (from[static_cast<int>(axis)] == 0) {
      ops::fail(op, "reduction over nothing", "at least one element along each axis",
                "x.shape=" + from.to_string());
    }
  }
}

Specs infer_sum(const Specs& in, const Config& attrs) {
  return {{reduced("sum", in, attrs), sum_dtype(in[0].dtype)}};
}
Specs infer_prod(const Specs& in, const Config& attrs) {
  return {{reduced("prod", in, attrs), sum_dtype(in[0].dtype)}};
}
Specs infer_mean(const Specs& in, const Config& attrs) {
  return {{reduced("mean", in, attrs), in[0].dtype}};
}
Specs infer_any(const Specs& in, const Config& attrs) {
  return {{reduced("any", in, attrs), DType::boolean}};
}
Specs infer_all(const Specs& in, const Config& attrs) {
  return {{reduced("all", in, attrs), DType::boolean}};
}
Specs infer_max(const Specs& in, const Config& attrs) {
  const Shape out = reduced("max", in, attrs);
  refuse_empty("max", in[0].shape, attrs);
  return {{out, in[0].dtype}};
}
Specs infer_min(const Specs& in, const Config& attrs) {
  const Shape out = reduced("min", in, attrs);
  refuse_empty("min", in[0].shape, attrs);
  return {{out, in[0].dtype}};
}
Specs infer_prod_grad(const Specs& in, const Config&) {
  ops::check_inputs("prod_grad", in, 3);
  return {in[0]};
}

/// `t` (an output or its gradient) with the reduced axes back, of size 1.
Tensor with_axes(const Tensor& t, const GradArgs& args) {
  const Shape& from = args.inputs[0].shape();
  return ops::reshape(
      t, ops::reduced_shape(from, ops::axes_or_all("reduce", args.attrs, from.rank()), true));
}

/// No gradient to integers, though their sum may have one (mean of integers is floating).
bool floating(const GradArgs& args) { return args.inputs[0].dtype().is_floating(); }

std::vector<Tensor> grad_sum(const GradArgs& args) {
  if (!floating(args)) return {Tensor()};
  return {ops::broadcast_to(with_axes(args.grads[0], args), args.inputs[0].shape())};
}

std::vector<Tensor> grad_mean(const GradArgs& args) {
  if (!floating(args)) return {Tensor()};
  const double count = static_cast<double>(args.inputs[0].size()) /
                       static_cast<double>(std::max<std::int64_t>(1, args.outputs[0].size()));
  return {
      ops::broadcast_to(with_axes(args.grads[0], args) / Tensor(count), args.inputs[0].shape())};
}

/// Of max and min: equal winners share.
std::vector<Tensor> grad_extreme(const GradArgs& args) {
  if (!floating(args)) return {Tensor()};
  const Tensor& x = args.inputs[0];
  const Tensor won =
      ops::cast(apply_one("equal", {x, with_axes(args.outputs[0], args)}), x.dtype());
  const Ints axes = ops::axes_or_all("reduce", args.attrs, x.shape().rank());
  const Tensor winners = ops::sum(won, {.axis = axes, .keepdims = true});
  return {won * (with_axes(args.grads[0], args) / winners)};
}

std::vector<Tensor> grad_prod(const GradArgs& args) {
  if (!floating(args)) return {Tensor()};
  return {apply_one("prod_grad", {args.inputs[0], args.outputs[0], args.grads[0]}, args.attrs)};
}

std::vector<Tensor> grad_prod_grad(const GradArgs&) { ops::no_second_order("prod"); }

Tensor reduce(std::string_view op, const Tensor& x, const ReduceOptions& options) {
  Config attrs;
  if (options.axis.given()) attrs.set("axis", options.axis.list());
  if (options.keepdims) attrs.set("keepdims", true);
  return apply_one(op, {x}, attrs);
}

}  // namespace

namespace ops {

Tensor sum(const Tensor& x, ReduceOptions options) { return reduce("sum", x, options); }
Tensor mean(const Tensor& x, ReduceOptions options) { return reduce("mean", x, options); }
Tensor max(const Tensor& x, ReduceOptions options) { return reduce("max", x, options); }
Tensor min(const Tensor& x, ReduceOptions options) { return reduce("min", x, options); }
Tensor prod(const Tensor& x, ReduceOptions options) { return reduce("prod", x, options); }
Tensor any(const Tensor& x, ReduceOptions options) { return reduce("any", x, options); }
Tensor all(const Tensor& x, ReduceOptions options) { return reduce("all", x, options); }

}  // namespace ops

namespace registration {

void op_reduce() {
  register_op({.name = "sum", .infer = infer_sum, .grad = grad_sum, .keras_class = "Sum"});
  register_op({.name = "mean",
               .infer = infer_mean,
               .grad = grad_mean,
               .traits = {.promotion = Promotion::common_floating},
               .keras_class = "Mean"});
  register_op({.name = "max", .infer = infer_max, .grad = grad_extreme, .keras_class = "Max"});
  register_op({.name = "min", .infer = infer_min, .grad = grad_extreme, .keras_class = "Min"});
  register_op({.name = "prod", .infer = infer_prod, .grad = grad_prod, .keras_class = "Prod"});
  register_op({.name = "prod_grad", .infer = infer_prod_grad, .grad = grad_prod_grad});
  register_op({.name = "any", .infer = infer_any, .keras_class = "Any"});
  register_op({.name = "all", .infer = infer_all, .keras_class = "All"});
}

}  // namespace registration
}  // namespace weft
