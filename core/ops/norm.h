// Vector norms.
#pragma once
#include <weft/core/ops/axes.h>

namespace weft::ops {

/// Options of norm.
struct NormOptions {
  double ord = 2;  ///< 1, 2, any p >= 1, or infinity
  Axes axis = {};  ///< none: of all elements as one vector
  bool keepdims = false;
};

/// (sum of |x|^ord)^(1/ord) over the axes, max |x| for infinity; shapes as of sum.
Tensor norm(const Tensor& x, NormOptions options = {});

}  // namespace weft::ops
