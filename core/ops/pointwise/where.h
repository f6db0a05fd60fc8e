// where: chooses between two.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// a where condition is true, else b; numbers are true when not 0. a and b become their common
/// type. Broadcasts as NumPy.
Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b);

}  // namespace weft::ops
#endif

namespace weft::functors {

struct Where : Functor<3, Kind::select> {
  static constexpr const char* name = "where";
  static constexpr const char* keras_class = "Where";
  template <class T>
  WEFT_HD T operator()(bool condition, T a, T b) const {
    return condition ? a : b;
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int input) {
    if (input == 0) return {};
    return input == 1 ? ops::where(g.a, g.dy, 0) : ops::where(g.a, 0, g.dy);
  }
#endif
};

}  // namespace weft::functors
