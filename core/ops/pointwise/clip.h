// clip: limits to an interval.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/logical_and.h>
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct Clip : Functor<1, Kind::arithmetic> {
  static constexpr const char* name = "clip";
  static constexpr const char* keras_class = "Clip";
  double x_min = 0, x_max = 0;
  template <class T>
  WEFT_HD T operator()(T x) const {
    const T low = math::attribute<T>(x_min), high = math::attribute<T>(x_max);
    const T raised = x < low ? low : x;
    return raised > high ? high : raised;
  }
#ifndef WEFT_FUNCTORS_ONLY
  void configure(const Config& attrs) {
    x_min = attrs.get<double>("x_min");
    x_max = attrs.get<double>("x_max");
  }
  static Tensor grad(const Backward& g, int) {
    const Tensor inside =
        ops::logical_and(g.a >= g.attrs.get<double>("x_min"), g.a <= g.attrs.get<double>("x_max"));
    return ops::where(inside, g.dy, 0);
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// x limited to x_min..x_max; NaN stays NaN. The gradient is 0 where x was outside.
inline Tensor clip(const Tensor& x, double x_min, double x_max) {
  return apply_one("clip", {x}, {{"x_min", x_min}, {"x_max", x_max}});
}

}  // namespace weft::ops
#endif
