// Pooling of float32, channels last, for the instruction set in use. Upsampling is the same loops:
// it spreads, and its gradient sums.
#pragma once
#include "backends/cpu/isa.hpp"
#include "backends/shapes/pool_shape.hpp"

namespace weft::cpu {
using namespace kernels;

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
