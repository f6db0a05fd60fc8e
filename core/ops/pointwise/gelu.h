// gelu: the Gaussian error linear unit.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/erf.h>
#include <weft/core/ops/pointwise/exp.h>
#include <weft/core/ops/pointwise/square.h>
#include <weft/core/ops/pointwise/tanh.h>
#endif

namespace weft::functors {

struct Gelu : Functor<1, Kind::floating> {
  static constexpr const char* name = "gelu";
  static constexpr const char* keras_class = "Gelu";
  static constexpr const char* keras_module = "nn";
  static constexpr double root = 0.79788456080286536;  // sqrt(2 / pi)
  static constexpr double cubic = 0.044715;
  bool approximate = true;
  template <class T>
  WEFT_HD T operator()(T x) const {
    if (approximate) return T(0.5) * x * (T(1) + math::tanh(T(root) * (x + T(cubic) * x * x * x)));
    return T(0.5) * x * (T(1) + math::erf(x * T(0.70710678118654752)));
  }
#ifndef WEFT_FUNCTORS_ONLY
  void configure(const Config& attrs) { approximate = attrs.get<bool>("approximate", true); }
  static Tensor grad(const Backward& g, int) {
    const Tensor& x = g.a;
    const Tensor x2 = ops::square(x);
    if (!g.attrs.get<bool>("approximate", true)) {
      const Tensor density = ops::exp(x2 * -0.5) * 0.39894228040143268;  // 1 / sqrt(2 pi)
      return g.dy * (0.5 * (1 + ops::erf(x * 0.70710678118654752)) + x * density);
    }
    const Tensor t = ops::tanh(root * (x + cubic * x2 * x));
    return g.dy * (0.5 * (1 + t) + 0.5 * x * (1 - ops::square(t)) * (root * (1 + 3 * cubic * x2)));
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// x P(X <= x) for a normal X: 0.5 x (1 + erf(x / sqrt(2))), or, when approximate,
/// 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). As in Keras the activation "gelu" is the
/// exact one, this function's default the approximate one.
inline Tensor gelu(const Tensor& x, bool approximate = true) {
  return apply_one("gelu", {x}, {{"approximate", approximate}});
}

}  // namespace weft::ops
#endif
