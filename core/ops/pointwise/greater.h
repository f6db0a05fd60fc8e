// greater: a > b.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Greater : Functor<2, Kind::comparison> {
  static constexpr const char* name = "greater";
  static constexpr const char* keras_class = "Greater";
  template <class T>
  WEFT_HD bool operator()(T a, T b) const {
    return a > b;
  }
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// Whether a > b: bool. Broadcasts as NumPy.
inline Tensor greater(const Tensor& a, const Tensor& b) { return apply_one("greater", {a, b}); }

}  // namespace weft::ops
#endif
