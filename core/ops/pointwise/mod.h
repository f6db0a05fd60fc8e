// mod: the remainder, Python's %.
#pragma once
#include <weft/core/functors/division.h>
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/floor_divide.h>
#endif

namespace weft::functors {

struct Mod : Functor<2, Kind::arithmetic> {
  static constexpr const char* name = "mod";
  static constexpr const char* keras_class = "Mod";
  static constexpr bool accepts_bool = false;  // as in NumPy
  template <class T>
  WEFT_HD T operator()(T a, T b) const {
    return math::mod(a, b);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int input) {
    return input == 0 ? g.dy : -(g.dy * ops::floor_divide(g.a, g.b));
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// a - b floor(a / b): the remainder with the sign of b; of an integer by 0 it is 0. Broadcasts as
/// NumPy. Throws DtypeError for bool.
inline Tensor mod(const Tensor& a, const Tensor& b) { return apply_one("mod", {a, b}); }

}  // namespace weft::ops
#endif
