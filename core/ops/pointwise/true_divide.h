// true_divide: the quotient, as Keras names the operator /.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct TrueDivide : Functor<2, Kind::floating> {
  static constexpr const char* name = "true_divide";
  static constexpr const char* keras_class = "TrueDivide";
  template <class T>
  WEFT_HD T operator()(T a, T b) const {
    return a / b;
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int input) {
    const Tensor scaled = g.dy / g.b;
    return input == 0 ? scaled : -(scaled * g.y);
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// a / b; integers become floatx, as in Python. Broadcasts as NumPy.
inline Tensor true_divide(const Tensor& a, const Tensor& b) {
  return apply_one("true_divide", {a, b});
}

}  // namespace weft::ops
#endif
