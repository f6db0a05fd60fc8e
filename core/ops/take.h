// Rows picked by indices.
#pragma once
#include <weft/core/op.h>

#include <optional>

namespace weft::ops {

/// x `[..., D, ...]` and integer indices `[i0, i1, ...]`: `[..., i0, i1, ..., ...]`, the slices of
/// x along `axis` (without an axis: of the flattened x). Negative indices count from the end. The
/// gradient with respect to x adds the slices up in the order of the indices. Throws DtypeError on
/// indices that are no integers, and, when it is computed on a CPU, Error on an index outside of -D
/// <= index < D.
Tensor take(const Tensor& x, const Tensor& indices, std::optional<int> axis = {});

}  // namespace weft::ops
