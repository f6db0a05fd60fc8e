// isnan: NaN or not.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Isnan : Functor<1, Kind::comparison> {
  static constexpr const char* name = "isnan";
  static constexpr const char* keras_class = "Isnan";
  template <class T>
  WEFT_HD bool operator()(T x) const {
    return x != x;
  }
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// Whether x is NaN: bool.
inline Tensor isnan(const Tensor& x) { return apply_one("isnan", {x}); }

}  // namespace weft::ops
#endif
