// Class numbers to one-hot rows.
#pragma once
#include <weft/core/tensor.h>

#include <optional>

namespace weft::utils {

/// Turns class numbers into one-hot rows: an integer tensor [...] or [..., 1] (the trailing 1 is
/// dropped, as in Keras) gives float64 [..., num_classes]. By default num_classes is the largest
/// number plus one. Throws ShapeError for a number outside [0, num_classes) and DtypeError for
/// dtypes other than integers, bool and whole floating-point numbers.
Tensor to_categorical(const Tensor& x, std::optional<int> num_classes = {});

}  // namespace weft::utils
