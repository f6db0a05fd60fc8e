// Products over chosen axes.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// The sum over the last `axes` axes of x1 and the first `axes` of x2: `[a..., c...]` and `[c...,
/// b...]` give `[a..., b...]`. Throws ShapeError when the summed dimensions differ or one that is
/// kept is None.
Tensor tensordot(const Tensor& x1, const Tensor& x2, int axes = 2);
/// The sum over axes1[i] of x1 and axes2[i] of x2; the other axes of x1, then of x2, remain.
Tensor tensordot(const Tensor& x1, const Tensor& x2, const std::vector<int>& axes1,
                 const std::vector<int>& axes2);
/// NumPy's dot: a scalar multiplies, else the sum over the last axis of x1 and the second to last
/// (only) axis of x2.
Tensor dot(const Tensor& x1, const Tensor& x2);

}  // namespace weft::ops
