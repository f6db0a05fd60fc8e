// soft_shrink: shrinks by a threshold.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/absolute.h>
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct SoftShrink : Functor<1, Kind::floating> {
  static constexpr const char* name = "soft_shrink";
  static constexpr const char* keras_class = "SoftShrink";
  static constexpr const char* keras_module = "nn";
  double threshold = 0.5;
  template <class T>
  WEFT_HD T operator()(T x) const {
    const T t = math::attribute<T>(threshold);
    return x > t ? x - t : (x < -t ? x + t : (x != x ? x : T(0)));
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

/// x pulled towards 0 by threshold, 0 within it.
inline Tensor soft_shrink(const Tensor& x, double threshold = 0.5) {
  return apply_one("soft_shrink", {x}, {{"threshold", threshold}});
}

}  // namespace weft::ops
#endif
