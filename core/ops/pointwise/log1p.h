// log1p: log(1 + x).
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Log1p : Functor<1, Kind::floating> {
  static constexpr const char* name = "log1p";
  static constexpr const char* keras_class = "Log1p";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::log1p(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return g.dy / (g.a + 1); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// log(1 + x), exact for small x. Integers become floatx.
inline Tensor log1p(const Tensor& x) { return apply_one("log1p", {x}); }

}  // namespace weft::ops
#endif
