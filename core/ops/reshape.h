// The same elements in another shape.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// x in `newshape`, in row-major order. One dimension may be -1: it is inferred. A dimension None
/// keeps the dimension that x has at that place, so {None, -1} flattens all but the batch, whatever
/// the batch is. Throws ShapeError when the sizes differ or -1 cannot be inferred.
Tensor reshape(const Tensor& x, const Shape& newshape);

}  // namespace weft::ops
