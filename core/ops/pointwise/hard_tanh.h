// hard_tanh: a tanh of three straight lines.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/absolute.h>
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct HardTanh : Functor<1, Kind::floating> {
  static constexpr const char* name = "hard_tanh";
  static constexpr const char* keras_class = "HardTanh";
  static constexpr const char* keras_module = "nn";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::hard_tanh(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return ops::where(ops::absolute(g.a) < 1, g.dy, 0); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// x limited to -1..1.
inline Tensor hard_tanh(const Tensor& x) { return apply_one("hard_tanh", {x}); }

}  // namespace weft::ops
#endif
