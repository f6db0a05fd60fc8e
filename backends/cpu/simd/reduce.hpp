// Reductions of float32. Sums are kept in float over blocks of a fixed size, several numbers side
// by side, and in double from block to block: the order is a function of the shape alone.
#pragma once
#include "backends/cpu/isa.hpp"
#include "backends/cpu/simd/block.hpp"

namespace weft::cpu {

struct ReduceLoops {
  /// `n` numbers to one.
  double (*line)(const float* x, Index n);
  /// Each of `rows` rows of `n` numbers to one, divided by `divisor`.
  void (*lines)(const float* x, Index rows, Index n, double divisor, float* y);
  /// `rows` rows, `stride` apart, of `width` <= reduce_strip numbers to one row.
  void (*strip)(const float* x, Index rows, Index stride, Index width, double* result);
  double (*combine)(double a, double b);
};

inline constexpr Index reduce_strip = 64;

struct ReduceFamily {
  ReduceLoops sum, max, min;
  /// The place of the first largest (smallest) number of each row of `n`; a NaN wins.
  void (*argmax)(const float* x, Index rows, Index n, int* y);
  void (*argmin)(const float* x, Index rows, Index n, int* y);
};

namespace v2 {
extern const ReduceFamily reduce_family;
}
namespace v3 {
extern const ReduceFamily reduce_family;
}
namespace v4 {
extern const ReduceFamily reduce_family;
}

inline const ReduceFamily& reduce_family() {
  return choose(v2::reduce_family, v3::reduce_family, v4::reduce_family);
}

}  // namespace weft::cpu
