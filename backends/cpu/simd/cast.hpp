// Conversions of n elements between types that are often converted.
#pragma once
#include "backends/cpu/isa.hpp"
#include "backends/cpu/simd/block.hpp"

namespace weft::cpu {

using CastLoop = void (*)(const void* from, void* to, Index n);

/// Floating to bool: whether it is not 0.
struct CastLoops {
  CastLoop float16_to_float, float_to_float16;
  CastLoop bfloat16_to_float, float_to_bfloat16;
  CastLoop uint8_to_float;  ///< of bools too
  CastLoop float_to_bool;
  CastLoop int32_to_float, int64_to_float;
  CastLoop float_to_int32;  ///< saturates; NaN becomes 0
  CastLoop double_to_float, float_to_double;
};

namespace v2 {
extern const CastLoops cast_loops;
}
namespace v3 {
extern const CastLoops cast_loops;
}
namespace v4 {
extern const CastLoops cast_loops;
}

inline const CastLoops& cast_loops() {
  return choose(v2::cast_loops, v3::cast_loops, v4::cast_loops);
}

}  // namespace weft::cpu
