// Evenly spaced numbers.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// A bound of arange: an integer, a floating-point number, or a dimension, which may be None while
/// the graph is built.
struct Number {
  template <Scalar T>
  Number(T v) : value(static_cast<double>(v)), integer(std::is_integral_v<T>) {}
  Number(Dim d)
      : value(d.known() ? static_cast<double>(static_cast<std::int64_t>(d)) : 0),
        integer(true),
        known(d.known()) {}
  double value;
  bool integer;
  bool known = true;
};

/// start, start + step, ... as long as it lies before `stop`: `[ceil((stop - start) / step)]`, 0
/// elements when stop lies behind start. int32 when all three are integers, else floatx, unless
/// `dtype` says. Throws Error when step is 0.
Tensor arange(Number start, Number stop, Number step = 1, DType dtype = {});
/// 0, 1, ... before `stop`.
Tensor arange(Number stop);

}  // namespace weft::ops
