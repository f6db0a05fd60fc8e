// sign: the sign.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Sign : Functor<1, Kind::arithmetic> {
  static constexpr const char* name = "sign";
  static constexpr const char* keras_class = "Sign";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return x > T(0) ? T(1) : (x < T(0) ? static_cast<T>(-1) : x);
  }
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// 1, 0 or -1: the sign of x; NaN stays NaN. No gradient flows.
inline Tensor sign(const Tensor& x) { return apply_one("sign", {x}); }

}  // namespace weft::ops
#endif
