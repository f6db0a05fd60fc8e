// silu: the sigmoid linear unit, also called swish.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/sigmoid.h>
#endif

namespace weft::functors {

struct Silu : Functor<1, Kind::floating> {
  static constexpr const char* name = "silu";
  static constexpr const char* keras_class = "Silu";
  static constexpr const char* keras_module = "nn";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return x * math::sigmoid(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) {
    const Tensor s = ops::sigmoid(g.a);
    return g.dy * (s + g.y * (1 - s));
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// x sigmoid(x).
inline Tensor silu(const Tensor& x) { return apply_one("silu", {x}); }
/// The same, by its other name.
inline Tensor swish(const Tensor& x) { return silu(x); }

}  // namespace weft::ops
#endif
