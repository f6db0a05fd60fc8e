// Reversed axes.
#pragma once
#include <weft/core/ops/axes.h>

namespace weft::ops {

/// x with the order of elements along `axis` (all axes when none is given) reversed.
Tensor flip(const Tensor& x, const Axes& axis = {});

}  // namespace weft::ops
