// tanh: the hyperbolic tangent.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/tanh_grad.h>
#endif

namespace weft::functors {

struct Tanh : Functor<1, Kind::floating> {
  static constexpr const char* name = "tanh";
  static constexpr const char* keras_class = "Tanh";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::tanh(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return ops::tanh_grad(g.dy, g.y); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// The hyperbolic tangent. Integers become floatx.
inline Tensor tanh(const Tensor& x) { return apply_one("tanh", {x}); }

}  // namespace weft::ops
#endif
