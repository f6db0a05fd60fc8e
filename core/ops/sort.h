// Order.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// The indices that put x in ascending order along `axis`, int32, in x's shape; equal elements keep
/// their order, NaN comes last.
Tensor argsort(const Tensor& x, int axis = -1);
/// x in ascending order along `axis`. The gradient goes back to where the elements came from.
Tensor sort(const Tensor& x, int axis = -1);

/// What top_k gives: the largest elements, and where they were.
struct TopK {
  Tensor values, indices;
};
/// The k largest elements along the last axis, largest first (equal ones in their order), and where
/// they were (int32):
/// `[..., k]` each. Throws ShapeError unless 0 <= k <= x.shape[-1].
TopK top_k(const Tensor& x, int k);
/// Whether predictions[n, targets[n]] is among the k largest of its row (ties count): targets `[N]`
/// of integers, predictions
/// `[N, C]`, result bool `[N]`. A target out of range or a prediction that is not finite gives
/// false.
Tensor in_top_k(const Tensor& targets, const Tensor& predictions, int k);

}  // namespace weft::ops
