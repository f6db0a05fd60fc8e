// less_equal: a <= b.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct LessEqual : Functor<2, Kind::comparison> {
  static constexpr const char* name = "less_equal";
  static constexpr const char* keras_class = "LessEqual";
  template <class T>
  WEFT_HD bool operator()(T a, T b) const {
    return a <= b;
  }
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// Whether a <= b: bool. Broadcasts as NumPy.
inline Tensor less_equal(const Tensor& a, const Tensor& b) {
  return apply_one("less_equal", {a, b});
}

}  // namespace weft::ops
#endif
