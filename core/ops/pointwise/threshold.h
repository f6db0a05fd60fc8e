// threshold: a default below a threshold.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct Threshold : Functor<1, Kind::floating> {
  static constexpr const char* name = "threshold";
  static constexpr const char* keras_class = "Threshold";
  static constexpr const char* keras_module = "nn";
  double threshold_value = 0, value = 0;
  template <class T>
  WEFT_HD T operator()(T x) const {
    return x > math::attribute<T>(threshold_value) ? x : math::attribute<T>(value);
  }
#ifndef WEFT_FUNCTORS_ONLY
  void configure(const Config& attrs) {
    threshold_value = attrs.get<double>("threshold_value");
    value = attrs.get<double>("value");
  }
  static Tensor grad(const Backward& g, int) {
    return ops::where(g.a > g.attrs.get<double>("threshold_value"), g.dy, 0);
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// x where x > threshold, else default_value.
inline Tensor threshold(const Tensor& x, double threshold, double default_value) {
  return apply_one("threshold", {x}, {{"threshold_value", threshold}, {"value", default_value}});
}

}  // namespace weft::ops
#endif
