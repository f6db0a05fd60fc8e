// Tensors joined along an axis.
#pragma once
#include <weft/core/op.h>
#include <weft/core/structures.h>

namespace weft::ops {

/// The tensors `[..., d_i, ...]` joined along `axis`: `[..., d_0 + d_1 + ..., ...]`, with a common
/// dtype. Throws ShapeError when there are none, or they differ in rank or in another dimension.
Tensor concatenate(const Tensors& xs, int axis = -1);

}  // namespace weft::ops
