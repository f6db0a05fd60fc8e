// subtract: the difference.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Subtract : Functor<2, Kind::arithmetic> {
  static constexpr const char* name = "subtract";
  static constexpr const char* keras_class = "Subtract";
  static constexpr bool accepts_bool = false;  // as in NumPy
  template <class T>
  WEFT_HD T operator()(T a, T b) const {
    return math::subtract(a, b);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int input) { return input == 0 ? g.dy : -g.dy; }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// a - b. Broadcasts as NumPy.
/// Throws DtypeError for bool.
inline Tensor subtract(const Tensor& a, const Tensor& b) { return apply_one("subtract", {a, b}); }

}  // namespace weft::ops
#endif
