// multiply: the product.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Multiply : Functor<2, Kind::arithmetic> {
  static constexpr const char* name = "multiply";
  static constexpr const char* keras_class = "Multiply";
  template <class T>
  WEFT_HD T operator()(T a, T b) const {
    return math::multiply(a, b);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int input) { return g.dy * (input == 0 ? g.b : g.a); }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// a * b. Broadcasts as NumPy.
inline Tensor multiply(const Tensor& a, const Tensor& b) { return apply_one("multiply", {a, b}); }

}  // namespace weft::ops
#endif
