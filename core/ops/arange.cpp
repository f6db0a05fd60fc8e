#include <weft/core/ops/arange.h>
#include <weft/core/settings.h>

#include <algorithm>
#include <cmath>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("arange", inputs, 0);
  return {{{attrs.get<Dim>("size")}, attrs.get<DType>("dtype")}};
}

}  // namespace

namespace ops {

Tensor arange(Number start, Number stop, Number step, DType dtype) {
  if (step.value == 0 && step.known)
    fail<Error>("arange", "step is 0", "a positive or negative step", "0");
  Dim size = None;
  if (start.known && stop.known && step.known) {
    size = static_cast<std::int64_t>(
        std::max(0.0, std::ceil((stop.value - start.value) / step.value)));
  }
  const bool integer = start.integer && stop.integer && step.integer;
  if (dtype == DType::undefined) dtype = integer ? DType(DType::int32) : floatx();
  return apply_one(
      "arange", {},
      {{"start", start.value}, {"step", step.value}, {"size", size}, {"dtype", dtype}});
}

Tensor arange(Number stop) { return arange(Number(0), stop); }

}  // namespace ops

namespace registration {

void op_arange() { register_op({.name = "arange", .infer = infer, .keras_class = "Arange"}); }

}  // namespace registration
}  // namespace weft
