// Which convolutions our own kernels are for, and where they are faster than oneDNN's.
#pragma once
#include "backends/cpu/conv_shape.hpp"

namespace weft::cpu {

/// Why the direct kernel is not for a request of conv, conv_input_grad or conv_kernel_grad in
/// float32; "" when it is.
const char* not_direct(const KernelRequest& r);
/// The same of conv_input_grad's kernel for few channels.
const char* not_few_channels(const ConvShape& s);
bool own_conv_beats_onednn(const KernelRequest& r);

}  // namespace weft::cpu
