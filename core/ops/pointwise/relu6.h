// relu6: relu with an upper bound of 6.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/logical_and.h>
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct Relu6 : Functor<1, Kind::arithmetic> {
  static constexpr const char* name = "relu6";
  static constexpr const char* keras_class = "Relu6";
  static constexpr const char* keras_module = "nn";
  static constexpr bool accepts_bool = false;  // as in NumPy
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::relu6(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) {
    return ops::where(ops::logical_and(g.y > 0, g.y < 6), g.dy, 0);
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// min(max(x, 0), 6); NaN stays NaN.
inline Tensor relu6(const Tensor& x) { return apply_one("relu6", {x}); }

}  // namespace weft::ops
#endif
