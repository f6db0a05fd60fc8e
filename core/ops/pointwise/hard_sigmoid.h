// hard_sigmoid: a sigmoid of three straight lines.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/absolute.h>
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct HardSigmoid : Functor<1, Kind::floating> {
  static constexpr const char* name = "hard_sigmoid";
  static constexpr const char* keras_class = "HardSigmoid";
  static constexpr const char* keras_module = "nn";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::hard_sigmoid(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) {
    return ops::where(ops::absolute(g.a) < 3, g.dy / 6, 0);
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// relu6(x + 3) / 6.
inline Tensor hard_sigmoid(const Tensor& x) { return apply_one("hard_sigmoid", {x}); }

}  // namespace weft::ops
#endif
