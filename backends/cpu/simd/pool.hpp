// Pooling of float32, channels last, for the instruction set in use. Upsampling is the same loops:
// it spreads, and its gradient sums.
#pragma once
#include "backends/cpu/isa.hpp"

namespace weft::cpu {

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
  [[gnu::always_inline]] long x_image() const { return d.in * h.in * w.in * channels; }
  [[gnu::always_inline]] long y_image() const { return d.out * h.out * w.out * channels; }
  [[gnu::always_inline]] long rows() const { return batch * d.out * h.out; }
  [[gnu::always_inline]] long window() const { return d.size * h.size * w.size; }
};

struct PoolLoops {
  /// Rows [first, last) of rows(): the largest of each window (a NaN is), and where it is, the
  /// first of equal ones; `index` may be null.
  void (*max)(const PoolGeometry& g, const float* x, float* y, unsigned char* index, long first,
              long last);
  /// Images [first, last) of dx: the sum of the dy whose maximum was there.
  void (*max_grad)(const PoolGeometry& g, const unsigned char* index, const float* dy, float* dx,
                   long first, long last);
  /// Rows [first, last): the sum of each window; with `mean` divided by the number of its elements.
  void (*sum)(const PoolGeometry& g, bool mean, const float* x, float* y, long first, long last);
  /// Images [first, last) of x: the sum of the y in whose windows a place is; with `mean` each
  /// divided by the number of its window's elements.
  void (*spread)(const PoolGeometry& g, bool mean, const float* y, float* x, long first, long last);
};

namespace v2 {
extern const PoolLoops pool_loops;
}
namespace v3 {
extern const PoolLoops pool_loops;
}
namespace v4 {
extern const PoolLoops pool_loops;
}
inline const PoolLoops& pool_loops() {
  return choose(v2::pool_loops, v3::pool_loops, v4::pool_loops);
}

}  // namespace weft::cpu
