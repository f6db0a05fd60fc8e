// Pooling: one number for each window of the spatial axes, channel by channel.
#pragma once
#include <weft/core/op.h>
#include <weft/core/ops/sizes.h>

#include <string>

namespace weft::ops {

/// Options of max_pool and average_pool.
struct PoolOptions {
  Sizes strides = {};                         ///< none: the pool_size
  std::string padding = "valid";              ///< or "same"
  std::string data_format = "channels_last";  ///< or "channels_first": x and y are `[N, C, ...]`
};

// Both: x `[N, W, C]`, `[N, H, W, C]` or `[N, D, H, W, C]`, floating, and for each spatial axis of
// size n, with pool_size k and stride s, the output's size is
//   "valid": floor((n - k) / s) + 1, windows inside x;
//   "same": ceil(n / s), with max((ceil(n / s) - 1) s + k - n, 0) places of padding, of which the
//           smaller half is before x.
// Throws ShapeError when x has another rank, pool_size or strides are not one or one per spatial
// axis, or a window does not fit; DtypeError when x is not floating; Error for another padding.

/// The largest element of each window; NaN if there is one. The gradient flows to it, the first of
/// equal ones.
Tensor max_pool(const Tensor& x, const Sizes& pool_size, PoolOptions options = {});
/// The mean of each window's elements, padding left out of sum and count.
Tensor average_pool(const Tensor& x, const Sizes& pool_size, PoolOptions options = {});

}  // namespace weft::ops
