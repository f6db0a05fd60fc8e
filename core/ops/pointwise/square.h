// square: the square.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Square : Functor<1, Kind::arithmetic> {
  static constexpr const char* name = "square";
  static constexpr const char* keras_class = "Square";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::multiply(x, x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return g.dy * 2 * g.a; }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// x * x.
inline Tensor square(const Tensor& x) { return apply_one("square", {x}); }

}  // namespace weft::ops
#endif
