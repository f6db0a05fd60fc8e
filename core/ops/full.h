// Tensors of one value.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// A tensor of `shape` filled with a number.
Tensor full(const Shape& shape, double fill_value, DType dtype = DType::float32);
Tensor zeros(const Shape& shape, DType dtype = DType::float32);
Tensor ones(const Shape& shape, DType dtype = DType::float32);
/// The same in x's shape, and in its dtype when none is given.
Tensor full_like(const Tensor& x, double fill_value, DType dtype = {});
Tensor zeros_like(const Tensor& x, DType dtype = {});
Tensor ones_like(const Tensor& x, DType dtype = {});

}  // namespace weft::ops
