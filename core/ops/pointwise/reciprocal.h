// reciprocal: 1 / x.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Reciprocal : Functor<1, Kind::floating> {
  static constexpr const char* name = "reciprocal";
  static constexpr const char* keras_class = "Reciprocal";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return T(1) / x;
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return -(g.dy * g.y * g.y); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// 1 / x. Integers become floatx.
inline Tensor reciprocal(const Tensor& x) { return apply_one("reciprocal", {x}); }

}  // namespace weft::ops
#endif
