// relu: the rectified linear unit.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/relu_grad.h>
#endif

namespace weft::functors {

struct Relu : Functor<1, Kind::arithmetic> {
  static constexpr const char* name = "relu";
  static constexpr const char* keras_class = "Relu";
  static constexpr const char* keras_module = "nn";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::relu(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return ops::relu_grad(g.dy, g.y); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// max(x, 0); NaN stays NaN.
inline Tensor relu(const Tensor& x) { return apply_one("relu", {x}); }

}  // namespace weft::ops
#endif
