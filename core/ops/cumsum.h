// Running sums.
#pragma once
#include <weft/core/op.h>

#include <optional>

namespace weft::ops {

/// y[..., i, ...] = sum of x[..., j, ...] over j <= i along `axis`; without an axis, of the
/// flattened x. Integers below 32 bits become (u)int32, bool int32. The gradient is the running sum
/// from the other end.
Tensor cumsum(const Tensor& x, std::optional<int> axis = {});

}  // namespace weft::ops
