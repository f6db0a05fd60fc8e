// Where the largest or smallest element is.
#pragma once
#include <weft/core/op.h>

#include <optional>

namespace weft::ops {

/// Options of argmax and argmin.
struct ArgOptions {
  std::optional<int> axis = {};  ///< none: the place in the flattened tensor
  bool keepdims = false;         ///< keep the axis (all axes) with size 1
};

/// The index of the first largest element along an axis, int32; a NaN counts as the largest. x
/// `[..., D, ...]` becomes
/// `[..., ...]`. No gradient. Throws ShapeError when the axis is out of range or there is no
/// element along it.
Tensor argmax(const Tensor& x, ArgOptions options = {});
/// The index of the first smallest element along an axis, int32; a NaN counts as the smallest.
Tensor argmin(const Tensor& x, ArgOptions options = {});

}  // namespace weft::ops
