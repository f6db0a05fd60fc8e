// floor: rounding down.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Floor : Functor<1, Kind::floating> {
  static constexpr const char* name = "floor";
  static constexpr const char* keras_class = "Floor";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::floor(x);
  }
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// The largest integer not above x; integers become floatx. No gradient flows.
inline Tensor floor(const Tensor& x) { return apply_one("floor", {x}); }

}  // namespace weft::ops
#endif
