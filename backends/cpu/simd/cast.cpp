#include "backends/cpu/simd/cast.hpp"

#include <weft/core/functors/half.h>

#include "backends/cpu/simd/independent.hpp"

namespace weft::cpu::WEFT_ISA {
namespace {

struct ToFloat {
  template <class T>
  WEFT_HD float operator()(T x) const {
    return static_cast<float>(x);
  }
};
struct HalfToFloat {
  template <class T>
  WEFT_HD float operator()(T x) const {
    return to_float(x);
  }
};
struct ToFloat16 {
  WEFT_HD Float16 operator()(float x) const { return to_float16(x); }
};
struct ToBFloat16 {
  WEFT_HD BFloat16 operator()(float x) const { return to_bfloat16(x); }
};
struct ToBool {
  WEFT_HD unsigned char operator()(float x) const { return x != 0.0f; }
};
// Selections instead of branches, and never a conversion of what an int cannot hold.
struct ToInt32 {
  WEFT_HD int operator()(float x) const {
    constexpr float low = -2147483648.0f, last = 2147483520.0f;  // the largest float below 2^31
    const float above = x < low ? low : x, within = above > last ? last : above;
    const int y = static_cast<int>(x == x ? within : 0.0f);
    return x > last ? 2147483647 : y;
  }
};
struct ToDouble {
  WEFT_HD double operator()(float x) const { return static_cast<double>(x); }
};

template <class F, class From, class To>
void loop(const void* from, void* to, Index n) {
  const F f;
  const From* x = static_cast<const From*>(from);
  To* y = static_cast<To*>(to);
  WEFT_INDEPENDENT
  for (Index i = 0; i < n; ++i) y[i] = f(x[i]);
}

}  // namespace

extern const CastLoops cast_loops;
constinit const CastLoops cast_loops = {.float16_to_float = &loop<HalfToFloat, Float16, float>,
                                        .float_to_float16 = &loop<ToFloat16, float, Float16>,
                                        .bfloat16_to_float = &loop<HalfToFloat, BFloat16, float>,
                                        .float_to_bfloat16 = &loop<ToBFloat16, float, BFloat16>,
                                        .uint8_to_float = &loop<ToFloat, unsigned char, float>,
                                        .float_to_bool = &loop<ToBool, float, unsigned char>,
                                        .int32_to_float = &loop<ToFloat, int, float>,
                                        .int64_to_float = &loop<ToFloat, __INT64_TYPE__, float>,
                                        .float_to_int32 = &loop<ToInt32, float, int>,
                                        .double_to_float = &loop<ToFloat, double, float>,
                                        .float_to_double = &loop<ToDouble, float, double>};

}  // namespace weft::cpu::WEFT_ISA
