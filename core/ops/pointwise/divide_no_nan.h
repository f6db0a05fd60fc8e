// divide_no_nan: the quotient, 0 where the divisor is 0.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct DivideNoNan : Functor<2, Kind::floating> {
  static constexpr const char* name = "divide_no_nan";
  static constexpr const char* keras_class = "DivideNoNan";
  template <class T>
  WEFT_HD T operator()(T a, T b) const {
    return b == T(0) ? T(0) : a / b;
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int input) {
    const Tensor scaled = apply_one("divide_no_nan", {g.dy, g.b});
    return input == 0 ? scaled : -(scaled * g.y);
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// a / b, and 0 where b is 0; integers become floatx. Broadcasts as NumPy.
inline Tensor divide_no_nan(const Tensor& a, const Tensor& b) {
  return apply_one("divide_no_nan", {a, b});
}

}  // namespace weft::ops
#endif
