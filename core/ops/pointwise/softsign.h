// softsign: a sigmoid without exponential function.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/absolute.h>
#include <weft/core/ops/pointwise/square.h>
#endif

namespace weft::functors {

struct Softsign : Functor<1, Kind::floating> {
  static constexpr const char* name = "softsign";
  static constexpr const char* keras_class = "Softsign";
  static constexpr const char* keras_module = "nn";
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::softsign(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) { return g.dy / ops::square(1 + ops::absolute(g.a)); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// x / (1 + |x|).
inline Tensor softsign(const Tensor& x) { return apply_one("softsign", {x}); }

}  // namespace weft::ops
#endif
