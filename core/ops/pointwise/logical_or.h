// logical_or: a or b, as bools.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct LogicalOr : Functor<2, Kind::logical> {
  static constexpr const char* name = "logical_or";
  static constexpr const char* keras_class = "LogicalOr";
  WEFT_HD bool operator()(bool a, bool b) const { return a || b; }
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// Whether one of them is true; numbers are true when not 0. Broadcasts as NumPy.
inline Tensor logical_or(const Tensor& a, const Tensor& b) {
  return apply_one("logical_or", {a.astype(DType::boolean), b.astype(DType::boolean)});
}

}  // namespace weft::ops
#endif
