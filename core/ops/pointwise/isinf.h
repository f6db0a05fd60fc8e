// isinf: infinite or not.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Isinf : Functor<1, Kind::comparison> {
  static constexpr const char* name = "isinf";
  static constexpr const char* keras_class = "Isinf";
  template <class T>
  WEFT_HD bool operator()(T x) const {
    if constexpr (math::is_floating<T>)
      return math::abs(x) == math::inf_of(x);
    else
      return false;
  }
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// Whether x is an infinity: bool.
inline Tensor isinf(const Tensor& x) { return apply_one("isinf", {x}); }

}  // namespace weft::ops
#endif
