#include <weft/core/ops/one_hot.h>
#include <weft/core/settings.h>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("one_hot", inputs, 1);
  const DType from = inputs[0].dtype;
  if (!from.is_integer())
    ops::fail<DtypeError>("one_hot", "x has no class numbers", "an integer dtype", from.name());
  const auto classes = attrs.get<std::int64_t>("num_classes");
  if (classes < 0)
    ops::fail("one_hot", "num_classes is negative", "0 or more", fmt::format("{}", classes));
  const Shape& x = inputs[0].shape;
  const int axis = ops::axis_of("one_hot", attrs, x.rank() + 1);
  Shape out;
  for (int i = 0; i <= x.rank(); ++i)
    out.push_back(i == axis ? Dim(classes) : x[i < axis ? i : i - 1]);
  return {{out, attrs.get<DType>("dtype")}};
}

}  // namespace

namespace ops {

Tensor one_hot(const Tensor& x, std::int64_t num_classes, OneHotOptions options) {
  const DType dtype = options.dtype == DType::undefined ? floatx() : options.dtype;
  return apply_one("one_hot", {x},
                   {{"num_classes", num_classes}, {"axis", options.axis}, {"dtype", dtype}});
}

}  // namespace ops

namespace registration {

void op_one_hot() {
  register_op({.name = "one_hot", .infer = infer, .keras_class = "OneHot", .keras_module = "nn"});
}

}  // namespace registration
}  // namespace weft
