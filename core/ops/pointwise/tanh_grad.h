// tanh_grad: the gradient of tanh, from its output, in one pass.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct TanhGrad : Functor<2, Kind::floating> {
  static constexpr const char* name = "tanh_grad";
  template <class T>
  WEFT_HD T operator()(T dy, T y) const {
    return dy * (T(1) - y * y);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int input) {
    if (input == 0) return apply_one("tanh_grad", {g.dy, g.b});
    return g.dy * g.a * g.b * -2;
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// dy (1 - y^2): the gradient of y = tanh(x).
inline Tensor tanh_grad(const Tensor& dy, const Tensor& y) {
  return apply_one("tanh_grad", {dy, y});
}

}  // namespace weft::ops
#endif
