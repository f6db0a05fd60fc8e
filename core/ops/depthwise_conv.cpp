#include <weft/core/ops/depthwise_conv.h>
#include <weft/core/ops/reshape.h>

#include "core/ops/conv_window.hpp"

namespace weft {
namespace ops {

Tensor depthwise_conv(const Tensor& x, const Tensor& kernel, ConvOptions options) {
  const Shape from = x.shape(), window = kernel.shape();
  check_conv_ranks("depthwise_conv", from, window);
  const Dim channels = from[is_channels_first("depthwise_conv", options.data_format) ? 1 : -1];
  if (channels.known() && window[-2].known() && !(channels == window[-2])) {
    throw ShapeError(fmt::format(
        "depthwise_conv: The number of input channels must match the kernel's input channels. "
        "Received: input channels={}, kernel input channels={}, data_format='{}'.",
        dim_text(channels), dim_text(window[-2]), options.data_format));
  }
  if (window[-2] == 0 || window[-1] == 0) {
    throw ShapeError(fmt::format(
        "depthwise_conv: there are no channels. Expected: 1 or more channels and filters of each. "
        "Received: x.shape={} and kernel.shape={}",
        from.to_string(), window.to_string()));
  }
  // As many groups as channels: [..., C, M] is [..., 1, C * M], without a copy.
  Shape grouped = window;
  grouped.set(-2, 1);
  grouped.set(-1, checked_mul("depthwise_conv", window[-2], window[-1]));
  return conv(x, reshape(kernel, grouped), std::move(options));
}

}  // namespace ops

namespace registration {
void op_depthwise_conv() {}  // made of reshape and conv
}  // namespace registration
}  // namespace weft
