// The numbers of a convolution, for the kernels of conv, conv_input_grad and conv_kernel_grad, in
// three spatial dimensions (missing ones have size 1 and come first).
#pragma once
#include <weft/core/backend.h>

#include <cstdint>

#include "core/functors/host_device.h"

namespace weft::kernels {

/// x `[batch, in..., channels]`, kernel `[window..., channels / groups, filters]`, y `[batch,
/// out..., filters]`. Element i = o * stride + k * dilation - before of x belongs to position o and
/// element k of the window.
struct ConvShape {
  static constexpr int dims = 3;
  std::int64_t batch = 0, channels = 0, filters = 0, groups = 1;
  std::int64_t in[dims], out[dims], window[dims], stride[dims], dilation[dims], before[dims];
  int rank;  ///< spatial dimensions that are there

  explicit ConvShape(const KernelRequest& request);

  WEFT_HD std::int64_t channels_per_group() const { return channels / groups; }
  WEFT_HD std::int64_t filters_per_group() const { return filters / groups; }
  WEFT_HD std::int64_t pixels_in() const { return in[0] * in[1] * in[2]; }
  WEFT_HD std::int64_t pixels_out() const { return out[0] * out[1] * out[2]; }
  WEFT_HD std::int64_t taps() const { return window[0] * window[1] * window[2]; }
  /// Multiplications.
  std::int64_t work() const {
    return batch * pixels_out() * taps() * channels_per_group() * filters;
  }
  bool empty() const { return work() == 0 || batch * pixels_in() == 0; }
};

}  // namespace weft::kernels
