// Parts of a tensor by indices.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// x[indices]: per axis a number (drops the axis), All or a Slice{start, stop, step} with Python's
/// meaning; axes beyond the list are whole. The gradient is zero outside the part. Throws
/// ShapeError when there are more indices than axes, a number is out of range, or a step is 0.
Tensor getitem(const Tensor& x, const std::vector<Index>& indices);
/// The part of x that starts at start_indices and has `shape`; a dimension -1 reaches to the end.
Tensor slice(const Tensor& x, const std::vector<std::int64_t>& start_indices, const Shape& shape);

}  // namespace weft::ops
