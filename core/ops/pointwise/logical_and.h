// logical_and: a and b, as bools.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct LogicalAnd : Functor<2, Kind::logical> {
  static constexpr const char* name = "logical_and";
  static constexpr const char* keras_class = "LogicalAnd";
  WEFT_HD bool operator()(bool a, bool b) const { return a && b; }
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// Whether both are true; numbers are true when not 0. Broadcasts as NumPy.
inline Tensor logical_and(const Tensor& a, const Tensor& b) {
  return apply_one("logical_and", {a.astype(DType::boolean), b.astype(DType::boolean)});
}

}  // namespace weft::ops
#endif
