// A wall for gradients.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// x, through which no gradient flows.
Tensor stop_gradient(const Tensor& x);

}  // namespace weft::ops
