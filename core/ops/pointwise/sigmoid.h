// sigmoid: the logistic function.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/sigmoid_grad.h>
#endif

namespace weft::functors {

struct Sigmoid : Functor<1, Kind::floating> {
  static constexpr const char* name = "sigmoid";
  static constexpr const char* keras_class = "Sigmoid";
  static constexpr const char* keras_module = "nn";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::sigmoid(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return ops::sigmoid_grad(g.dy, g.y); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// 1 / (1 + exp(-x)).
inline Tensor sigmoid(const Tensor& x) { return apply_one("sigmoid", {x}); }

}  // namespace weft::ops
#endif
