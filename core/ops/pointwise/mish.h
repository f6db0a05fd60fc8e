// mish: Misra's self-regularized activation. Keras has no op class for it, only the activation.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/sigmoid.h>
#include <weft/core/ops/pointwise/softplus.h>
#include <weft/core/ops/pointwise/square.h>
#include <weft/core/ops/pointwise/tanh.h>
#endif

namespace weft::functors {

struct Mish : Functor<1, Kind::floating> {
  static constexpr const char* name = "mish";
  static constexpr const char* keras_module = "nn";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return x * math::tanh(math::softplus(x));
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) {
    const Tensor t = ops::tanh(ops::softplus(g.a));
    return g.dy * (t + g.a * ops::sigmoid(g.a) * (1 - ops::square(t)));
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// x tanh(softplus(x)).
inline Tensor mish(const Tensor& x) { return apply_one("mish", {x}); }

}  // namespace weft::ops
#endif
