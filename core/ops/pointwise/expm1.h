// expm1: exp(x) - 1.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Expm1 : Functor<1, Kind::floating> {
  static constexpr const char* name = "expm1";
  static constexpr const char* keras_class = "Expm1";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::expm1(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return g.dy * (g.y + 1); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// exp(x) - 1, exact for small x. Integers become floatx.
inline Tensor expm1(const Tensor& x) { return apply_one("expm1", {x}); }

}  // namespace weft::ops
#endif
