// Conversion between dtypes.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// x `[...]` converted to `dtype`, as C++ converts: floating to integer towards zero, anything to
/// bool as != 0. Where C++ leaves it open: an integer that does not fit wraps, a floating-point
/// number that does not fit becomes the nearest that does, and NaN becomes 0. The gradient is cast
/// back; none flows from or to other types than floating ones.
Tensor cast(const Tensor& x, DType dtype);

}  // namespace weft::ops
