// sigmoid_grad: the gradient of sigmoid, from its output, in one pass.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct SigmoidGrad : Functor<2, Kind::floating> {
  static constexpr const char* name = "sigmoid_grad";
  template <class T>
  WEFT_HD T operator()(T dy, T y) const {
    return dy * (y * (T(1) - y));
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int input) {
    if (input == 0) return apply_one("sigmoid_grad", {g.dy, g.b});
    return g.dy * g.a * (1 - 2 * g.b);
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// dy y (1 - y): the gradient of y = sigmoid(x).
inline Tensor sigmoid_grad(const Tensor& dy, const Tensor& y) {
  return apply_one("sigmoid_grad", {dy, y});
}

}  // namespace weft::ops
#endif
