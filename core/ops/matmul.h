// Matrix product.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// The matrix product of x1 `[..., M, K]` and x2 `[..., K, N]`: `[..., M, N]`, with y[m, n] = sum
/// over k of x1[m, k] * x2[k, n]. The leading (batch) dimensions broadcast; a vector x1 `[K]` is a
/// row and a vector x2 `[K]` a column, and the dimension so added is dropped again, as in NumPy.
/// Dtypes are promoted to their common type; float32 is summed in float32. Throws ShapeError when
/// an operand is a scalar, the inner dimensions differ or batch dimensions do not broadcast.
Tensor matmul(const Tensor& x1, const Tensor& x2);

}  // namespace weft::ops
