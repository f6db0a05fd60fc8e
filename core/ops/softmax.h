// Softmax.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// y[i] = exp(x[i] - max(x)) / sum over j of exp(x[j] - max(x)) along `axis`; the shape of x.
/// Integers become floatx. The gradient is made from y: dx = y * (dy - sum(dy * y)). Throws
/// ShapeError when the axis is out of range.
Tensor softmax(const Tensor& x, int axis = -1);

}  // namespace weft::ops
