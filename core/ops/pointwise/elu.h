// elu: the exponential linear unit.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct Elu : Functor<1, Kind::floating> {
  static constexpr const char* name = "elu";
  static constexpr const char* keras_class = "Elu";
  static constexpr const char* keras_module = "nn";
  double alpha = 1;
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::elu(x, math::attribute<T>(alpha));
  }
#ifndef WEFT_FUNCTORS_ONLY
  void configure(const Config& attrs) { alpha = attrs.get<double>("alpha", 1.0); }
  static Tensor grad(const Backward& g, int) {
    const double alpha = g.attrs.get<double>("alpha", 1.0);
    // From the output alone only when its sign tells on which side of 0 x was.
    if (alpha > 0) return ops::where(g.y > 0, g.dy, g.dy * (g.y + alpha));
    return ops::where(g.a > 0, g.dy, g.dy * (g.y + alpha));
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// x where x > 0, else alpha (exp(x) - 1).
inline Tensor elu(const Tensor& x, double alpha = 1) {
  return apply_one("elu", {x}, {{"alpha", alpha}});
}

}  // namespace weft::ops
#endif
