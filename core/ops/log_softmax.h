// Logarithm of softmax.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// y[i] = x[i] - max(x) - log(sum over j of exp(x[j] - max(x))) along `axis`; the shape of x.
/// Integers become floatx. The gradient is made from y: dx = dy - exp(y) * sum(dy). Throws
/// ShapeError when the axis is out of range.
Tensor log_softmax(const Tensor& x, int axis = -1);

}  // namespace weft::ops
