// not_equal: a != b.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct NotEqual : Functor<2, Kind::comparison> {
  static constexpr const char* name = "not_equal";
  static constexpr const char* keras_class = "NotEqual";
  template <class T>
  WEFT_HD bool operator()(T a, T b) const {
    return a != b;
  }
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// Whether a differs from b (NaN from everything): bool. Broadcasts as NumPy.
inline Tensor not_equal(const Tensor& a, const Tensor& b) { return apply_one("not_equal", {a, b}); }

}  // namespace weft::ops
#endif
