// Repetition along the spatial axes.
#pragma once
#include <weft/core/op.h>
#include <weft/core/ops/sizes.h>

namespace weft::ops {

/// Each pixel as a block of `size` equal ones: x `[N, W, C]`, `[N, H, W, C]` or `[N, D, H, W, C]`,
/// of any dtype, to `[N, H * size[0], W * size[1], C]`. The gradient is the sum of each block.
/// Throws ShapeError when x has another rank, or size is not one or one per spatial axis.
Tensor upsample(const Tensor& x, const Sizes& size);

}  // namespace weft::ops
