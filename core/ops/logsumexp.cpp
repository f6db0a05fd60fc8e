#include <weft/core/ops/logsumexp.h>

#include <weft/core/ops/pointwise/exp.h>
#include <weft/core/ops/pointwise/isfinite.h>
#include <weft/core/ops/pointwise/log.h>
#include <weft/core/ops/pointwise/where.h>
#include <weft/core/ops/reduce.h>
#include <weft/core/ops/squeeze.h>
#include <weft/core/ops/stop_gradient.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace ops {

Tensor logsumexp(const Tensor& x, ReduceOptions o) {
  const Shape from = x.shape();
  for (int i = 0; i < from.rank(); ++i) {
    bool reduced = !o.axis.given();
    for (std::int64_t axis : o.axis.list())
      reduced = normalize_axis("logsumexp", axis, from.rank()) == i || reduced;
    if (reduced && from[i] == 0) {
      fail("logsumexp", "reduction over nothing", "at least one element along each axis",
           "x.shape=" + from.to_string());
    }
  }
  const Tensor largest = stop_gradient(max(x, {.axis = o.axis, .keepdims = true}));
  // Where all are -inf, -inf - -inf would be NaN.
  const Tensor shift = where(isfinite(largest), largest, 0);
  const Tensor y = log(sum(exp(x - shift), {.axis = o.axis, .keepdims = true})) + shift;
  if (o.keepdims) return y;
  if (o.axis.given()) return squeeze(y, o.axis);
  std::vector<int> all;
  for (int i = 0; i < x.shape().rank(); ++i) all.push_back(i);
  return squeeze(y, all);
}

}  // namespace ops

namespace registration {
void op_logsumexp() {}  // made of max, exp, sum and log
}  // namespace registration
}  // namespace weft
