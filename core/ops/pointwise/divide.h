// divide: the quotient, by Keras's name for the function; the operator is true_divide.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Divide : Functor<2, Kind::floating> {
  static constexpr const char* name = "divide";
  static constexpr const char* keras_class = "Divide";
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
inline Tensor divide(const Tensor& a, const Tensor& b) { return apply_one("divide", {a, b}); }

}  // namespace weft::ops
#endif
