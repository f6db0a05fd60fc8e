// hard_shrink: cuts below a threshold.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/absolute.h>
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct HardShrink : Functor<1, Kind::floating> {
  static constexpr const char* name = "hard_shrink";
  static constexpr const char* keras_class = "HardShrink";
  static constexpr const char* keras_module = "nn";
  double threshold = 0.5;
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::abs(x) <= math::attribute<T>(threshold) ? T(0) : x;
  }
#ifndef WEFT_FUNCTORS_ONLY
  void configure(const Config& attrs) { threshold = attrs.get<double>("threshold", 0.5); }
  static Tensor grad(const Backward& g, int) {
    return ops::where(ops::absolute(g.a) > g.attrs.get<double>("threshold", 0.5), g.dy, 0);
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// x where |x| > threshold, else 0.
inline Tensor hard_shrink(const Tensor& x, double threshold = 0.5) {
  return apply_one("hard_shrink", {x}, {{"threshold", threshold}});
}

}  // namespace weft::ops
#endif
