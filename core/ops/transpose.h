// Axes in another order.
#pragma once
#include <weft/core/ops/axes.h>

namespace weft::ops {

/// x with its axes reordered: dimension i of the result is dimension axes[i] of x. Without `axes`
/// the order is reversed. Throws ShapeError when `axes` is no permutation of x's axes.
Tensor transpose(const Tensor& x, const Axes& axes = {});
/// x with two axes exchanged.
Tensor swapaxes(const Tensor& x, int axis1, int axis2);
/// x with the axis `source` moved to the place `destination`; the others keep their order.
Tensor moveaxis(const Tensor& x, int source, int destination);

}  // namespace weft::ops
