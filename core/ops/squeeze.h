// Dimensions of size 1 dropped.
#pragma once
#include <weft/core/ops/axes.h>

namespace weft::ops {

/// x without the dimensions `axis`, which must have size 1; without `axis`, without all that have
/// size 1. Throws ShapeError when an axis is out of range or its size is not 1.
Tensor squeeze(const Tensor& x, const Axes& axis = {});

}  // namespace weft::ops
