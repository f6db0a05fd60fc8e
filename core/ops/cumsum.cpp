#include <weft/core/ops/cumsum.h>

#include <weft/core/ops/cast.h>
#include <weft/core/ops/reshape.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace {

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("cumsum", inputs, 1);
  ops::axis_of("cumsum", attrs, inputs[0].shape.rank());
  return {inputs[0]};
}

std::vector<Tensor> grad(const GradArgs& args) {
  const bool reverse = args.attrs.get<bool>("reverse", false);
  return {apply_one("cumsum", {args.grads[0]}, Config(args.attrs).set("reverse", !reverse))};
}

Tensor widened(const Tensor& x) {
  switch (x.dtype().code()) {
    case DType::boolean:
    case DType::int8:
    case DType::int16:
      return ops::cast(x, DType::int32);
    case DType::uint8:
    case DType::uint16:
      return ops::cast(x, DType::uint32);
    default:
      return x;
  }
}

}  // namespace

namespace ops {

Tensor cumsum(const Tensor& x, std::optional<int> axis) {
  const Tensor from = widened(axis ? x : reshape(x, {-1}));
  return apply_one("cumsum", {from},
                   {{"axis", normalize_axis("cumsum", axis.value_or(0), from.shape().rank())}});
}

}  // namespace ops

namespace registration {

void op_cumsum() {
  register_op({.name = "cumsum", .infer = infer, .grad = grad, .keras_class = "Cumsum"});
}

}  // namespace registration
}  // namespace weft
