// cos: the cosine.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/sin.h>
#endif

namespace weft::functors {

struct Cos : Functor<1, Kind::floating> {
  static constexpr const char* name = "cos";
  static constexpr const char* keras_class = "Cos";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::cos(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return -(g.dy * ops::sin(g.a)); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// The cosine of x (radians). Integers become floatx.
inline Tensor cos(const Tensor& x) { return apply_one("cos", {x}); }

}  // namespace weft::ops
#endif
