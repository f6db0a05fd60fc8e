// rsqrt: the reciprocal of the square root.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Rsqrt : Functor<1, Kind::floating> {
  static constexpr const char* name = "rsqrt";
  static constexpr const char* keras_class = "Rsqrt";
  static constexpr const char* keras_module = "math";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return T(1) / math::sqrt(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return g.dy * -0.5 * (g.y * g.y * g.y); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// 1 / sqrt(x). Integers become floatx.
inline Tensor rsqrt(const Tensor& x) { return apply_one("rsqrt", {x}); }

}  // namespace weft::ops
#endif
