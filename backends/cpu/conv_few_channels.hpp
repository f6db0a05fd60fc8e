// Which convolutions have a kernel of their own for few channels.
#pragma once
#include "backends/cpu/conv_shape.hpp"

namespace weft::cpu {

/// Why that kernel is not for a request; "" when it is.
const char* not_few_channels(const KernelRequest& r, const ConvShape& s);
/// Whether it is, and is faster than oneDNN's: as measured with AVX2. Of AVX-512 it is assumed,
/// from its larger tiles; no such machine was there to measure on.
bool few_channels_beat_onednn(const KernelRequest& r, const ConvShape& s);

}  // namespace weft::cpu
