// softplus: a smooth relu.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/sigmoid.h>
#endif

namespace weft::functors {

struct Softplus : Functor<1, Kind::floating> {
  static constexpr const char* name = "softplus";
  static constexpr const char* keras_class = "Softplus";
  static constexpr const char* keras_module = "nn";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::softplus(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return g.dy * ops::sigmoid(g.a); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// log(1 + exp(x)), without overflow.
inline Tensor softplus(const Tensor& x) { return apply_one("softplus", {x}); }

}  // namespace weft::ops
#endif
