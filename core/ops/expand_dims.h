// New dimensions of size 1.
#pragma once
#include <weft/core/ops/axes.h>

namespace weft::ops {

/// x with a dimension of size 1 at each of `axis`, places in the result: `[3, 4]` with axis 0 is
/// `[1, 3, 4]`, with -1
/// `[3, 4, 1]`. Throws ShapeError when an axis is out of range or named twice.
Tensor expand_dims(const Tensor& x, const Axes& axis);

}  // namespace weft::ops
