// Elements from one type to another on the host, as C++ converts; to bool: != 0.
#pragma once
#include <weft/core/tensor.h>

#include <cstddef>

namespace weft::detail {

/// Converts `count` elements; `from` and `to` do not overlap.
void convert_elements(const void* from, DType from_type, void* to, DType to_type,
                      std::size_t count);
/// A concrete scalar in another dtype, no longer weak.
Tensor converted_scalar(const Tensor& scalar, DType dtype);
/// A concrete tensor in memory of its own, on the same device.
Tensor copied(const Tensor& t);

}  // namespace weft::detail
