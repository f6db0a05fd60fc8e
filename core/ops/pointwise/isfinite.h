// isfinite: a number or not.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Isfinite : Functor<1, Kind::comparison> {
  static constexpr const char* name = "isfinite";
  static constexpr const char* keras_class = "Isfinite";
  template <class T>
  WEFT_HD bool operator()(T x) const {
    if constexpr (math::is_floating<T>)
      return math::abs(x) < math::inf_of(x);
    else
      return true;
  }
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// Whether x is neither NaN nor an infinity: bool.
inline Tensor isfinite(const Tensor& x) { return apply_one("isfinite", {x}); }

}  // namespace weft::ops
#endif
