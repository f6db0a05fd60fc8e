// hard_silu: silu with hard_sigmoid, also called hard_swish.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/absolute.h>
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct HardSilu : Functor<1, Kind::floating> {
  static constexpr const char* name = "hard_silu";
  static constexpr const char* keras_class = "HardSilu";
  static constexpr const char* keras_module = "nn";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return x * math::hard_sigmoid(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) {
    const Tensor middle = g.dy * (g.a / 3 + 0.5);
    return ops::where(ops::absolute(g.a) < 3, middle, ops::where(g.a > 0, g.dy, 0));
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// x hard_sigmoid(x).
inline Tensor hard_silu(const Tensor& x) { return apply_one("hard_silu", {x}); }
/// The same, by its other name.
inline Tensor hard_swish(const Tensor& x) { return hard_silu(x); }

}  // namespace weft::ops
#endif
