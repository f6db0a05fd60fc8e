// celu: the continuously differentiable exponential linear unit.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct Celu : Functor<1, Kind::floating> {
  static constexpr const char* name = "celu";
  static constexpr const char* keras_class = "Celu";
  static constexpr const char* keras_module = "nn";
  double alpha = 1;
  template <class T>
  WEFT_HD T operator()(T x) const {
    const T a = math::attribute<T>(alpha);
    return x > T(0) ? x : a * math::expm1(x / a);
  }
#ifndef WEFT_FUNCTORS_ONLY
  void configure(const Config& attrs) { alpha = attrs.get<double>("alpha", 1.0); }
  static Tensor grad(const Backward& g, int) {
    return ops::where(g.a > 0, g.dy, g.dy * (g.y / g.attrs.get<double>("alpha", 1.0) + 1));
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// max(x, 0) + min(0, alpha (exp(x / alpha) - 1)).
inline Tensor celu(const Tensor& x, double alpha = 1) {
  return apply_one("celu", {x}, {{"alpha", alpha}});
}

}  // namespace weft::ops
#endif
