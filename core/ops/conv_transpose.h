// Transposed convolution.
#pragma once
#include <weft/core/ops/conv.h>

namespace weft::ops {

/// Options of conv_transpose; those without a word here are as of ConvOptions.
struct ConvTransposeOptions {
  Sizes strides = 1;
  std::string padding = "valid";  ///< "valid" or "same"
  /// How many more positions the output has behind, beyond the smallest size that belongs to the
  /// input's; not given: none for "valid" (but at least a stride for each position), size * stride
  /// positions for "same".
  Sizes output_padding = {};
  std::string data_format = "channels_last";
  Sizes dilation_rate = 1;
};

/// The gradient of conv as an op of its own: x `[N, spatial..., C]`, kernel `[window..., F, C]`, y
/// `[N, positions..., F]`; every element of x adds its product with the kernel to a window of y, at
/// a distance of `strides`. With w = (window - 1) * dilation + 1 and p = output_padding, a
/// dimension of y has (size - 1) * stride + max(w, stride) positions for "valid", size * stride for
/// "same"; with p given, (size - 1) * stride + w + p and (size - 1) * stride + w % 2 + p. Throws
/// ShapeError when ranks or channels do not fit or an option has a wrong number of sizes.
Tensor conv_transpose(const Tensor& x, const Tensor& kernel, ConvTransposeOptions options = {});

}  // namespace weft::ops
