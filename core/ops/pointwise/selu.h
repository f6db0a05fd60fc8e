// selu: the scaled exponential linear unit.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct Selu : Functor<1, Kind::floating> {
  static constexpr const char* name = "selu";
  static constexpr const char* keras_class = "Selu";
  static constexpr const char* keras_module = "nn";
  static constexpr double alpha = 1.6732632423543772848170429916717;
  static constexpr double scale = 1.0507009873554804934193349852946;
  template <class T>
  WEFT_HD T operator()(T x) const {
    return x > T(0) ? T(scale) * x : T(scale * alpha) * math::expm1(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) {
    return ops::where(g.y > 0, g.dy * scale, g.dy * (g.y + scale * alpha));
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// scale x where x > 0, else scale alpha (exp(x) - 1), with scale = 1.0507 and alpha = 1.6733:
/// activations keep mean 0 and variance 1 (Klambauer et al., 2017).
inline Tensor selu(const Tensor& x) { return apply_one("selu", {x}); }

}  // namespace weft::ops
#endif
