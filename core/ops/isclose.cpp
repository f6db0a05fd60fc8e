#include <weft/core/ops/isclose.h>

#include <weft/core/ops/pointwise/absolute.h>
#include <weft/core/ops/pointwise/equal.h>
#include <weft/core/ops/pointwise/isfinite.h>
#include <weft/core/ops/pointwise/isnan.h>
#include <weft/core/ops/pointwise/logical_and.h>
#include <weft/core/ops/pointwise/logical_or.h>
#include <weft/core/ops/reduce.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace ops {

Tensor isclose(const Tensor& x1, const Tensor& x2, CloseOptions o) {
  broadcast_shapes("isclose", x1.shape(), x2.shape());  // an error under this op's name
  // In float64, where differences of integers do not wrap and no dtype is too small for atol.
  const Tensor a = x1.astype(DType::float64), b = x2.astype(DType::float64);
  const Tensor near = absolute(a - b) <= absolute(b) * Tensor(o.rtol) + Tensor(o.atol);
  Tensor close = logical_or(logical_and(near, isfinite(b)), equal(a, b));
  if (o.equal_nan) close = logical_or(close, logical_and(isnan(a), isnan(b)));
  return close;
}

Tensor allclose(const Tensor& x1, const Tensor& x2, CloseOptions o) {
  return all(isclose(x1, x2, o));
}

}  // namespace ops

namespace registration {
void op_isclose() {}  // made of pointwise ops
}  // namespace registration
}  // namespace weft
