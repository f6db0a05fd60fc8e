// The functions of pointwise ops that need more than one line.
#include <weft/core/ops/pointwise/where.h>

#include "core/access.hpp"
#include "core/promotion.hpp"

namespace weft::ops {

Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b) {
  const DType common = detail::result_type({a, b});
  return apply_one("where", {condition.astype(DType::boolean), a.astype(common), b.astype(common)});
}

}  // namespace weft::ops
