#include "training/hinge_labels.hpp"

#include <weft/ops.h>

namespace weft::detail {

Tensor hinge_labels(const Tensor& y_true) {
  const Tensor binary = ops::all(ops::logical_or(ops::equal(y_true, 0.0), ops::equal(y_true, 1.0)));
  return ops::where(binary, 2.0 * y_true - 1.0, y_true);
}

}  // namespace weft::detail
