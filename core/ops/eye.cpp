#include <weft/core/ops/eye.h>
#include <weft/core/settings.h>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("eye", inputs, 0);
  const auto rows = attrs.get<std::int64_t>("N"), columns = attrs.get<std::int64_t>("M");
  if (rows < 0 || columns < 0)
    ops::fail("eye", "a dimension is negative", "0 or more",
              fmt::format("{} and {}", rows, columns));
  return {{{rows, columns}, attrs.get<DType>("dtype")}};
}

}  // namespace

namespace ops {

Tensor eye(std::int64_t N, EyeOptions o) {
  const DType dtype = o.dtype == DType::undefined ? floatx() : o.dtype;
  return apply_one("eye", {}, {{"N", N}, {"M", o.M.value_or(N)}, {"k", o.k}, {"dtype", dtype}});
}

}  // namespace ops

namespace registration {

void op_eye() { register_op({.name = "eye", .infer = infer, .keras_class = "Eye"}); }

}  // namespace registration
}  // namespace weft
