// leaky_relu: relu with a slope below 0.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct LeakyRelu : Functor<1, Kind::floating> {
  static constexpr const char* name = "leaky_relu";
  static constexpr const char* keras_class = "LeakyRelu";
  static constexpr const char* keras_module = "nn";
  double negative_slope = 0.2;
  template <class T>
  WEFT_HD T operator()(T x) const {
    return math::leaky_relu(x, math::attribute<T>(negative_slope));
  }
#ifndef WEFT_FUNCTORS_ONLY
  void configure(const Config& attrs) { negative_slope = attrs.get<double>("negative_slope", 0.2); }
  static Tensor grad(const Backward& g, int) {
    return ops::where(g.a >= 0, g.dy, g.dy * g.attrs.get<double>("negative_slope", 0.2));
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// x where x >= 0, else negative_slope * x. Keras's layer LeakyReLU has another default, 0.3.
inline Tensor leaky_relu(const Tensor& x, double negative_slope = 0.2) {
  return apply_one("leaky_relu", {x}, {{"negative_slope", negative_slope}});
}

}  // namespace weft::ops
#endif
