// log: the natural logarithm.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Log : Functor<1, Kind::floating> {
  static constexpr const char* name = "log";
  static constexpr const char* keras_class = "Log";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::log(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return g.dy / g.a; }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// The natural logarithm: -inf at 0, NaN below. Integers become floatx.
inline Tensor log(const Tensor& x) { return apply_one("log", {x}); }

}  // namespace weft::ops
#endif
