#include <weft/core/ops/full.h>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::Specs;

Specs infer(const Specs& inputs, const Config& attrs) {
  ops::check_inputs("full", inputs, 0);
  const auto shape = attrs.get<Shape>("shape");
  for (Dim d : shape) {
    if (d.known() && d < 0)
      ops::fail("full", "a dimension is negative", "0 or more", "shape=" + shape.to_string());
  }
  const auto dtype = attrs.get<DType>("dtype");
  if (dtype == DType::undefined)
    ops::fail<DtypeError>("full", "no dtype was given", "a dtype such as float32", "undefined");
  return {{shape, dtype}};
}

Specs infer_like(const Specs& inputs, const Config& attrs) {
  ops::check_inputs("full_like", inputs, 1);
  return {{inputs[0].shape, attrs.get<DType>("dtype")}};
}

}  // namespace

namespace ops {

Tensor full(const Shape& shape, double fill_value, DType dtype) {
  return apply_one("full", {}, {{"shape", shape}, {"fill_value", fill_value}, {"dtype", dtype}});
}
Tensor zeros(const Shape& shape, DType dtype) { return full(shape, 0, dtype); }
Tensor ones(const Shape& shape, DType dtype) { return full(shape, 1, dtype); }

Tensor full_like(const Tensor& x, double fill_value, DType dtype) {
  if (dtype == DType::undefined) dtype = x.dtype();
  return apply_one("full_like", {x}, {{"fill_value", fill_value}, {"dtype", dtype}});
}
Tensor zeros_like(const Tensor& x, DType dtype) { return full_like(x, 0, dtype); }
Tensor ones_like(const Tensor& x, DType dtype) { return full_like(x, 1, dtype); }

}  // namespace ops

namespace registration {

void op_full() {
  register_op({.name = "full", .infer = infer, .keras_class = "Full"});
  register_op({.name = "full_like", .infer = infer_like, .keras_class = "FullLike"});
}

}  // namespace registration
}  // namespace weft
