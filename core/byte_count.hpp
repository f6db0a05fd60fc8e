// How many bytes a tensor needs.
#pragma once
#include <weft/core/dtype.h>
#include <weft/core/shape.h>

#include <cstddef>

namespace weft::detail {

/// shape.size() * dtype.itemsize(). Throws ShapeError when that is more than an address space has,
/// or a dimension is None or negative.
std::size_t byte_count(const Shape& shape, DType dtype);

}  // namespace weft::detail
