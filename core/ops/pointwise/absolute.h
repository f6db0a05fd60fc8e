// absolute: the absolute value.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/sign.h>
#endif

namespace weft::functors {

struct Absolute : Functor<1, Kind::arithmetic> {
  static constexpr const char* name = "absolute";
  static constexpr const char* keras_class = "Absolute";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::abs(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return g.dy * ops::sign(g.a); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// |x|.
inline Tensor absolute(const Tensor& x) { return apply_one("absolute", {x}); }
/// The same, by its short name.
inline Tensor abs(const Tensor& x) { return absolute(x); }

}  // namespace weft::ops
#endif
