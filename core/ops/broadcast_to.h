// Repetition along dimensions of size 1.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// x repeated along dimensions of size 1, and along new leading ones, until it has `shape`. The
/// gradient is the sum over what was repeated. Throws ShapeError when a dimension is neither 1 nor
/// that of `shape`.
Tensor broadcast_to(const Tensor& x, const Shape& shape);

}  // namespace weft::ops
