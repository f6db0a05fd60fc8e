// power: the power, Python's **.
#pragma once
#include <weft/core/functors/functor.h>

#ifndef WEFT_FUNCTORS_ONLY
#include <weft/core/ops/pointwise/equal.h>
#include <weft/core/ops/pointwise/greater.h>
#include <weft/core/ops/pointwise/log.h>
#include <weft/core/ops/pointwise/where.h>
#endif

namespace weft::functors {

struct Power : Functor<2, Kind::arithmetic> {
  static constexpr const char* name = "power";
  static constexpr const char* keras_class = "Power";
  static constexpr bool accepts_bool = false;  // as in NumPy
  template <class T>
  WEFT_HD T operator()(T a, T b) const {
    return math::power(a, b);
  }
#ifndef WEFT_FUNCTORS_ONLY
  static Tensor grad(const Backward& g, int input) {
    // With the pole of b a^(b-1) at b = 0 and that of log(a) at a <= 0 taken out.
    if (input == 0) {
      const Tensor exponent = ops::where(ops::equal(g.b, 0), 1, g.b - 1);
      return g.dy * g.b * apply_one("power", {g.a, exponent});
    }
    return g.dy * g.y * ops::log(ops::where(ops::greater(g.a, 0), g.a, 1));
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// a to the power of b. Of integers an integer: a negative exponent gives 0 unless a is 1 or -1.
/// Broadcasts as NumPy. Throws DtypeError for bool.
inline Tensor power(const Tensor& a, const Tensor& b) { return apply_one("power", {a, b}); }

}  // namespace weft::ops
#endif
