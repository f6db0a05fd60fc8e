// logical_not: not x, as a bool.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct LogicalNot : Functor<1, Kind::logical> {
  static constexpr const char* name = "logical_not";
  static constexpr const char* keras_class = "LogicalNot";
  WEFT_HD bool operator()(bool x) const { return !x; }
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// Whether x is false; numbers are false when 0.
inline Tensor logical_not(const Tensor& x) {
  return apply_one("logical_not", {x.astype(DType::boolean)});
}

}  // namespace weft::ops
#endif
