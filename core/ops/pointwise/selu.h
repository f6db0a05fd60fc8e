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
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::selu(x);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int) {
    constexpr double scale = math::selu_scale, below = math::selu_scale * math::selu_alpha;
    return ops::where(g.y > 0, g.dy * scale, g.dy * (g.y + below));
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
