// floor_divide: division rounded down, Python's //.
#pragma once
#include <weft/core/functors/division.h>
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct FloorDivide : Functor<2, Kind::arithmetic> {
  static constexpr const char* name = "floor_divide";
  static constexpr const char* keras_class = "FloorDivide";
  static constexpr bool accepts_bool = false;  // as in NumPy
  template <class T>
  WEFT_HD T operator()(T a, T b) const {
    return math::floor_divide(a, b);
  }
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// The largest integer not above a / b; an integer divided by 0 gives 0. Broadcasts as NumPy.
/// Throws DtypeError for bool. No gradient flows.
inline Tensor floor_divide(const Tensor& a, const Tensor& b) {
  return apply_one("floor_divide", {a, b});
}

}  // namespace weft::ops
#endif
