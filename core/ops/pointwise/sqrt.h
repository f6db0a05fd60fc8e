// sqrt: the square root.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Sqrt : Functor<1, Kind::floating> {
  static constexpr const char* name = "sqrt";
  static constexpr const char* keras_class = "Sqrt";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::sqrt(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return g.dy * 0.5 / g.y; }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// The square root, NaN below 0. Integers become floatx.
inline Tensor sqrt(const Tensor& x) { return apply_one("sqrt", {x}); }

}  // namespace weft::ops
#endif
