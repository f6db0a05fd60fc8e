// Convolution of each channel by itself, then across channels.
#pragma once
#include <weft/core/ops/conv.h>

namespace weft::ops {

/// depthwise_conv of x `[N, spatial..., C]` with depthwise_kernel `[window..., C, M]` (options as
/// of conv), then conv with pointwise_kernel `[1..., C * M, F]`: y `[N, positions..., F]`. Throws
/// ShapeError when ranks or channels do not fit.
Tensor separable_conv(const Tensor& x, const Tensor& depthwise_kernel,
                      const Tensor& pointwise_kernel, ConvOptions options = {});

}  // namespace weft::ops
