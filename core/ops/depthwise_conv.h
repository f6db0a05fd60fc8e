// Convolution of each channel by itself.
#pragma once
#include <weft/core/ops/conv.h>

namespace weft::ops {

/// Each channel of x `[N, spatial..., C]` convolved with its own M filters, kernel `[window..., C,
/// M]`: y `[N, positions..., C * M]`, channel c * M + m of y from channel c of x. Options as of
/// conv. Throws ShapeError when ranks or channels do not fit.
Tensor depthwise_conv(const Tensor& x, const Tensor& kernel, ConvOptions options = {});

}  // namespace weft::ops
