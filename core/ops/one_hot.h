// Class numbers as rows of zeros with a one.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// Options of one_hot.
struct OneHotOptions {
  int axis = -1;     ///< where the new axis goes
  DType dtype = {};  ///< of the result; floatx when not given
};

/// x `[...]` of integers: `[..., num_classes]` with a 1 at x and 0 elsewhere; a number outside of 0
/// <= x < num_classes gives a row of zeros. No gradient. Throws DtypeError when x is not of an
/// integer dtype.
Tensor one_hot(const Tensor& x, std::int64_t num_classes, OneHotOptions options = {});

}  // namespace weft::ops
