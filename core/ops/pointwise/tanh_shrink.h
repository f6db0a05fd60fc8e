// tanh_shrink: what tanh takes away.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/square.h>
#endif

namespace weft::functors {

struct TanhShrink : Functor<1, Kind::floating> {
  static constexpr const char* name = "tanh_shrink";
  static constexpr const char* keras_class = "TanhShrink";
  static constexpr const char* keras_module = "nn";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return x - math::tanh(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return g.dy * ops::square(g.a - g.y); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// x - tanh(x).
inline Tensor tanh_shrink(const Tensor& x) { return apply_one("tanh_shrink", {x}); }

}  // namespace weft::ops
#endif
