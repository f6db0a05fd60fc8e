// Reductions: one number out of many, over some or all axes.
#pragma once
#include <weft/core/ops/axes.h>

namespace weft::ops {

// Of all: x `[d0, d1, ...]` becomes the shape without the axes in `.axis` (all by default), or with
// size 1 in their places with `.keepdims`. The order in which elements are added is a function of
// the shape alone. Throws ShapeError when an axis is out of range or named twice.

/// y = sum of x. Integers below 32 bits become (u)int32, bool int32. An empty sum is 0.
Tensor sum(const Tensor& x, ReduceOptions options = {});
/// y = sum of x / number of elements; integers become floatx. Of nothing: NaN.
Tensor mean(const Tensor& x, ReduceOptions options = {});
/// The largest element; NaN if there is one. The gradient is shared evenly by equal ones. Of
/// nothing: ShapeError.
Tensor max(const Tensor& x, ReduceOptions options = {});
/// The smallest element; NaN if there is one. The gradient is shared evenly by equal ones. Of
/// nothing: ShapeError.
Tensor min(const Tensor& x, ReduceOptions options = {});
/// y = product of x. Dtypes as of sum. An empty product is 1.
Tensor prod(const Tensor& x, ReduceOptions options = {});
/// Whether any element is not 0: bool.
Tensor any(const Tensor& x, ReduceOptions options = {});
/// Whether every element is not 0: bool.
Tensor all(const Tensor& x, ReduceOptions options = {});

}  // namespace weft::ops
