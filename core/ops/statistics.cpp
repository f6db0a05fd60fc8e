#include <weft/core/ops/statistics.h>

#include <weft/core/ops/cast.h>
#include <weft/core/ops/pointwise/sqrt.h>
#include <weft/core/ops/pointwise/square.h>
#include <weft/core/ops/reduce.h>
#include <weft/core/ops/reshape.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace ops {
namespace {

bool narrow(const Tensor& x) { return x.dtype() == DType::float16 || x.dtype() == DType::bfloat16; }

/// Two passes: E[x^2] - E[x]^2 would cancel. Both results keep the reduced axes.
Moments central(const Tensor& x, const Axes& axes) {
  const Tensor wide = narrow(x) ? cast(x, DType::float32) : x;
  const Tensor m = mean(wide, {.axis = axes, .keepdims = true});
  return {m, mean(square(wide - m), {.axis = axes, .keepdims = true})};
}

/// `t` in x's dtype (if that is floating), without the axes unless they are to be kept.
Tensor finished(const Tensor& t, const Tensor& x, const Axes& axes, bool keepdims) {
  Tensor y = narrow(x) ? cast(t, x.dtype()) : t;
  if (keepdims) return y;
  Config attrs;
  if (axes.given()) attrs.set("axis", axes.list());
  const int rank = x.shape().rank();
  return reshape(y, reduced_shape(y.shape(), axes_or_all("var", attrs, rank), false));
}

}  // namespace

Tensor var(const Tensor& x, ReduceOptions o) {
  return finished(central(x, o.axis).variance, x, o.axis, o.keepdims);
}

Tensor std(const Tensor& x, ReduceOptions o) { return sqrt(var(x, o)); }

Moments moments(const Tensor& x, const Axes& axes, bool keepdims) {
  const Moments m = central(x, axes);
  return {finished(m.mean, x, axes, keepdims), finished(m.variance, x, axes, keepdims)};
}

}  // namespace ops

namespace registration {
void op_statistics() {}  // made of mean and square
}  // namespace registration
}  // namespace weft
