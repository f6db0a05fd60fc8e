// sin: the sine.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Sin : Functor<1, Kind::floating> {
  static constexpr const char* name = "sin";
  static constexpr const char* keras_class = "Sin";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::sin(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return g.dy * apply_one("cos", {g.a}); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// The sine of x (radians). Integers become floatx.
inline Tensor sin(const Tensor& x) { return apply_one("sin", {x}); }

}  // namespace weft::ops
#endif
