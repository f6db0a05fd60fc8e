#include <weft/core/ops/norm.h>

#include <cmath>

#include <weft/core/ops/pointwise/absolute.h>
#include <weft/core/ops/pointwise/power.h>
#include <weft/core/ops/pointwise/sqrt.h>
#include <weft/core/ops/pointwise/square.h>
#include <weft/core/ops/reduce.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace ops {

Tensor norm(const Tensor& x, NormOptions o) {
  const ReduceOptions over{.axis = o.axis, .keepdims = o.keepdims};
  if (std::isinf(o.ord)) return max(absolute(x), over);
  if (!(o.ord >= 1))
    fail<Error>("norm", "ord is no norm", "a number of at least 1, or infinity",
                fmt::format("{}", o.ord));
  if (o.ord == 1) return sum(absolute(x), over);
  if (o.ord == 2) return sqrt(sum(square(x), over));
  return power(sum(power(absolute(x), Tensor(o.ord)), over), Tensor(1 / o.ord));
}

}  // namespace ops

namespace registration {
void op_norm() {}  // made of absolute, power and sum
}  // namespace registration
}  // namespace weft
