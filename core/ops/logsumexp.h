// log(sum(exp(x))) without overflow.
#pragma once
#include <weft/core/ops/axes.h>

namespace weft::ops {

/// max(x) + log(sum of exp(x - max(x))) over the axes; shapes as of sum. Integers become floatx.
Tensor logsumexp(const Tensor& x, ReduceOptions options = {});

}  // namespace weft::ops
