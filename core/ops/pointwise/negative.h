// negative: the opposite.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Negative : Functor<1, Kind::arithmetic> {
  static constexpr const char* name = "negative";
  static constexpr const char* keras_class = "Negative";
  static constexpr bool accepts_bool = false;  // as in NumPy
  template <class T>
  WEFT_HD T operator()(T x) const {
    if constexpr (math::is_floating<T>)
      return -x;
    else
      return math::subtract(T(0), x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return -g.dy; }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// -x. Throws DtypeError for bool.
inline Tensor negative(const Tensor& x) { return apply_one("negative", {x}); }

}  // namespace weft::ops
#endif
