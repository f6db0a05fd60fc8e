// A tensor cut into parts along an axis.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// `sections` equal parts along `axis`. Throws ShapeError when the dimension is None or not
/// divisible.
std::vector<Tensor> split(const Tensor& x, int sections, int axis = 0);
/// The parts between the given places: {2, 5} makes [:2], [2:5] and [5:].
std::vector<Tensor> split(const Tensor& x, const std::vector<int>& indices, int axis = 0);
/// One tensor for each index along `axis`, without that axis; `num` must be given when the
/// dimension is None.
std::vector<Tensor> unstack(const Tensor& x, int num = -1, int axis = 0);

}  // namespace weft::ops
