// The windows of pooling, channels last. Without the standard library, for the files in cpu/simd/.
#pragma once
#include "core/functors/host_device.h"

namespace weft::kernels {

/// The windows along one spatial axis: number o covers [o * stride - before, o * stride - before +
/// size), of it only what lies in [0, in) counts.
struct PoolAxis {
  long in = 1, out = 1, size = 1, stride = 1, before = 0;
};

/// x `[batch, d.in, h.in, w.in, channels]`, y `[batch, d.out, h.out, w.out, channels]`. Axes that a
/// tensor of lower rank has not are of size 1. A place in a window is numbered (d * h.size + h) *
/// w.size + w.
struct PoolGeometry {
  long batch = 1, channels = 1;
  PoolAxis d = {}, h = {}, w = {};
  WEFT_HD long x_image() const { return d.in * h.in * w.in * channels; }
  WEFT_HD long y_image() const { return d.out * h.out * w.out * channels; }
  WEFT_HD long rows() const { return batch * d.out * h.out; }
  WEFT_HD long window() const { return d.size * h.size * w.size; }
};

}  // namespace weft::kernels
