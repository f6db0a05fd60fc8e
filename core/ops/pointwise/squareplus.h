// squareplus: a smooth relu without exponential function.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Squareplus : Functor<1, Kind::floating> {
  static constexpr const char* name = "squareplus";
  static constexpr const char* keras_class = "Squareplus";
  static constexpr const char* keras_module = "nn";
  double b = 4;
  template <class T>
  WEFT_HD T operator()(T x) const {
    return (x + math::sqrt(x * x + math::attribute<T>(b))) / T(2);
  }
#ifndef WEFT_FUNCTORS_ONLY
  void configure(const Config& attrs) { b = attrs.get<double>("b", 4.0); }
  static Tensor grad(const Backward& g, int) {
    // 2 y - x is the square root.
    return g.dy * g.y / (2 * g.y - g.a);
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// (x + sqrt(x^2 + b)) / 2.
inline Tensor squareplus(const Tensor& x, double b = 4) {
  return apply_one("squareplus", {x}, {{"b", b}});
}

}  // namespace weft::ops
#endif
