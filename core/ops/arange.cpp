#include <weft/core/ops/arange.h>
#include <weft/core/settings.h>

#include <algorithm>
#include <cmath>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

// As Python prints it: a NaN has no sign.
std::string number(double v) { return std::isnan(v) ? "nan" : fmt::format("{}", v); }

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("arange", inputs, 0);
  return {{{attrs.get<Dim>("size")}, attrs.get<DType>("dtype")}};
}

}  // namespace

namespace ops {

Tensor arange(Number start, Number stop, Number step, DType dtype) {
  if (step.value == 0 && step.known)
    fail<Error>("arange", "step is 0", "a positive or negative step", "0");
  const auto check = [](const Number& n, const char* what) {
    if (n.known && !std::isfinite(n.value))
      fail<Error>("arange", fmt::format("{} is not finite", what), "a finite number",
                  number(n.value));
  };
  check(start, "start");
  check(stop, "stop");
  check(step, "step");
  Dim size = None;
  if (start.known && stop.known && step.known) {
    const double count = std::max(0.0, std::ceil((stop.value - start.value) / step.value));
    constexpr double most = 4611686018427387904.0;  // 2^62
    if (count >= most) {
      fail<Error>("arange", "there are too many elements", "fewer than 2^62",
                  fmt::format("start={}, stop={}, step={}", number(start.value), number(stop.value),
                              number(step.value)));
    }
    size = static_cast<std::int64_t>(count);
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
