// Which convolutions have a kernel of their own for few channels.
#pragma once
#include "backends/cpu/conv_shape.hpp"

namespace weft::cpu {

/// Why that kernel is not for a forward convolution or the gradient of its weights; "" when it is.
/// Measured, it is faster than oneDNN wherever it can be used.
const char* not_few_channels(const KernelRequest& r, const ConvShape& s);

}  // namespace weft::cpu
