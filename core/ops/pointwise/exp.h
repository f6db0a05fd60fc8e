// exp: the exponential function.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Exp : Functor<1, Kind::floating> {
  static constexpr const char* name = "exp";
  static constexpr const char* keras_class = "Exp";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::exp(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return g.dy * g.y; }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// e to the power of x. Integers become floatx.
inline Tensor exp(const Tensor& x) { return apply_one("exp", {x}); }

}  // namespace weft::ops
#endif
