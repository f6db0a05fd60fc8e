// minimum: the smaller of two.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct Minimum : Functor<2, Kind::arithmetic> {
  static constexpr const char* name = "minimum";
  static constexpr const char* keras_class = "Minimum";
  template <class T>
  WEFT_HD T operator()(T a, T b) const {
    return math::min(a, b);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int input) {
    const Tensor first = g.a <= g.b;
    return input == 0 ? ops::where(first, g.dy, 0) : ops::where(first, 0, g.dy);
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// The smaller of a and b, NaN where one is NaN. Broadcasts as NumPy.
/// Where they are equal the gradient flows to a.
inline Tensor minimum(const Tensor& a, const Tensor& b) { return apply_one("minimum", {a, b}); }

}  // namespace weft::ops
#endif
