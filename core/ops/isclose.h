// Comparison with a tolerance.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// Options of isclose and allclose: the tolerances of their formula.
struct CloseOptions {
  double rtol = 1e-5, atol = 1e-8;
  bool equal_nan = false;  ///< whether NaN is close to NaN
};

/// |x1 - x2| <= atol + rtol * |x2|, elementwise with broadcasting: bool. Equal infinities are
/// close.
Tensor isclose(const Tensor& x1, const Tensor& x2, CloseOptions options = {});
/// Whether all are: a bool scalar.
Tensor allclose(const Tensor& x1, const Tensor& x2, CloseOptions options = {});

}  // namespace weft::ops
