// Random numbers of Philox (core/functors/philox.h), many blocks at once; the bits are those of the
// reference kernels.
#pragma once
#include "backends/cpu/isa.hpp"
#include "backends/cpu/simd/block.hpp"

namespace weft::cpu {

struct PhiloxLoops {
  /// Elements first to first + n (first a multiple of 4) of low + u * range, below `high`.
  void (*uniform)(const unsigned* key, Index first, Index n, float low, float range, float high,
                  float last, float* y);
  /// x * scale where the element's number is at least `rate`, else 0; x and y at element `first`.
  void (*dropout)(const unsigned* key, Index first, Index n, float rate, float scale,
                  const float* x, float* y);
};

namespace v2 {
extern const PhiloxLoops philox_loops;
}
namespace v3 {
extern const PhiloxLoops philox_loops;
}
namespace v4 {
extern const PhiloxLoops philox_loops;
}

inline const PhiloxLoops& philox_loops() {
  return choose(v2::philox_loops, v3::philox_loops, v4::philox_loops);
}

}  // namespace weft::cpu
