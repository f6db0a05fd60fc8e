// Keras's convert_binary_labels_to_hinge.
#pragma once
#include <weft/core/tensor.h>

namespace weft::detail {

/// Labels that are all 0 or 1 -> -1 or 1; others stay.
Tensor hinge_labels(const Tensor& y_true);

}  // namespace weft::detail
