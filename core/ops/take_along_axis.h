// Elements picked by an index each.
#pragma once
#include <weft/core/op.h>

#include <optional>

namespace weft::ops {

/// y[..., i, ...] = x[..., indices[..., i, ...], ...] along `axis`: indices `[..., I, ...]` have
/// x's rank, and its dimensions but along `axis`, and so has y. Without an axis both are flattened.
/// Negative indices count from the end. The gradient adds up where an element was picked more than
/// once. Throws DtypeError on indices that are no integers, ShapeError when shapes do not fit, and,
/// when it is computed on a CPU, Error on an index out of range.
Tensor take_along_axis(const Tensor& x, const Tensor& indices, std::optional<int> axis = {});

}  // namespace weft::ops
