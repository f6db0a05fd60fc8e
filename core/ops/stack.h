// Tensors joined along a new axis.
#pragma once
#include <weft/core/op.h>
#include <weft/core/structures.h>

namespace weft::ops {

/// Tensors of one shape `[...]` side by side along a new axis: x[i] is at index i of it.
/// Throws ShapeError when there are none or the shapes differ.
Tensor stack(const Tensors& x, int axis = 0);

}  // namespace weft::ops
