// Labels and ids that come as floating numbers.
#pragma once
#include <weft/core/ops/cast.h>
#include <weft/core/ops/pointwise/isnan.h>
#include <weft/core/ops/pointwise/where.h>

#include <limits>

namespace weft::ops {

/// x as int32. A NaN, which a cast makes 0 of, becomes the smallest int32: no class has that
/// number, and the op that uses it says so.
inline Tensor class_numbers(const Tensor& x) {
  constexpr double below_all = -std::numeric_limits<double>::infinity();
  return cast(x.dtype().is_floating() ? where(isnan(x), below_all, x) : x, DType::int32);
}

}  // namespace weft::ops
