// maximum: the larger of two.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct Maximum : Functor<2, Kind::arithmetic> {
  static constexpr const char* name = "maximum";
  static constexpr const char* keras_class = "Maximum";
  template <class T>
  WEFT_HD T operator()(T a, T b) const {
    return math::max(a, b);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int input) {
    const Tensor first = g.a >= g.b;
    return input == 0 ? ops::where(first, g.dy, 0) : ops::where(first, 0, g.dy);
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// The larger of a and b, NaN where one is NaN. Broadcasts as NumPy.
/// Where they are equal the gradient flows to a.
inline Tensor maximum(const Tensor& a, const Tensor& b) { return apply_one("maximum", {a, b}); }

}  // namespace weft::ops
#endif
