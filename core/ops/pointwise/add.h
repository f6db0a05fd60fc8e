// add: the sum.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Add : Functor<2, Kind::arithmetic> {
  static constexpr const char* name = "add";
  static constexpr const char* keras_class = "Add";
  template <class T>
  WEFT_HD T operator()(T a, T b) const {
    return math::add(a, b);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return g.dy; }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// a + b. Broadcasts as NumPy.
inline Tensor add(const Tensor& a, const Tensor& b) { return apply_one("add", {a, b}); }

}  // namespace weft::ops
#endif
