// erf: the error function.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/exp.h>
#endif

namespace weft::functors {

struct Erf : Functor<1, Kind::floating> {
  static constexpr const char* name = "erf";
  static constexpr const char* keras_class = "Erf";
  static constexpr const char* keras_module = "math";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::erf(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) {
    const double slope = 1.1283791670955126;  // 2 / sqrt(pi)
    return g.dy * slope * ops::exp(-(g.a * g.a));
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// The error function 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x.
inline Tensor erf(const Tensor& x) { return apply_one("erf", {x}); }

}  // namespace weft::ops
#endif
