// Convolution in one, two or three dimensions.
#pragma once
#include <weft/core/op.h>
#include <weft/core/ops/sizes.h>

namespace weft::ops {

/// Options of conv, depthwise_conv and separable_conv.
struct ConvOptions {
  Sizes strides = 1;
  /// "valid": the window stays inside x. "same": x is padded with zeros so that the output has
  /// ceil(size / stride) positions; what does not divide by two goes behind (TensorFlow's rule).
  std::string padding = "valid";
  /// "channels_last": x and y are `[N, ..., C]`; "channels_first": `[N, C, ...]`.
  std::string data_format = "channels_last";
  Sizes dilation_rate = 1;  ///< distance between the window's elements
};

/// The convolution (cross-correlation) of x `[N, spatial..., C]` with a kernel `[window..., C /
/// groups, F]`: y `[N, positions..., F]`,
///   y[n, o, f] = sum over k, c of x[n, o * stride + k * dilation - before, c] * kernel[k, c, f],
/// where x is 0 outside. One, two or three spatial dimensions. The kernel's next-to-last dimension
/// may divide C: then filter f sees the group of channels number f / (F / groups) alone. A position
/// count is floor((size + padding - (window - 1) * dilation - 1) / stride) + 1. Throws ShapeError
/// when ranks or channels do not fit, when an option has a wrong number of sizes, or when no
/// position is left; a spatial dimension or N may be None.
Tensor conv(const Tensor& x, const Tensor& kernel, ConvOptions options = {});

}  // namespace weft::ops
