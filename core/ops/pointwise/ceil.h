// ceil: rounding up.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Ceil : Functor<1, Kind::floating> {
  static constexpr const char* name = "ceil";
  static constexpr const char* keras_class = "Ceil";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::ceil(x);
  }
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// The smallest integer not below x; integers become floatx. No gradient flows.
inline Tensor ceil(const Tensor& x) { return apply_one("ceil", {x}); }

}  // namespace weft::ops
#endif
