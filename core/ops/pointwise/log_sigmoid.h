// log_sigmoid: the logarithm of the logistic function.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/sigmoid.h>
#endif

namespace weft::functors {

struct LogSigmoid : Functor<1, Kind::floating> {
  static constexpr const char* name = "log_sigmoid";
  static constexpr const char* keras_class = "LogSigmoid";
  static constexpr const char* keras_module = "nn";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return -math::softplus(-x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return g.dy * ops::sigmoid(-g.a); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// log(1 / (1 + exp(-x))), without overflow.
inline Tensor log_sigmoid(const Tensor& x) { return apply_one("log_sigmoid", {x}); }

}  // namespace weft::ops
#endif
