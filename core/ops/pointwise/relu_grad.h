// relu_grad: the gradient of relu, from its output: one pass over memory instead of three.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct ReluGrad : Functor<2, Kind::arithmetic> {
  static constexpr const char* name = "relu_grad";
  template <class T>
  WEFT_HD T operator()(T dy, T y) const {
    return y > T(0) ? dy : T(0);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int input) {
    return input == 0 ? apply_one("relu_grad", {g.dy, g.b}) : Tensor();
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// dy where y > 0, else 0: the gradient of y = relu(x).
inline Tensor relu_grad(const Tensor& dy, const Tensor& y) {
  return apply_one("relu_grad", {dy, y});
}

}  // namespace weft::ops
#endif
