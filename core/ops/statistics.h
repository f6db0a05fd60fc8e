// Variance, standard deviation, moments.
#pragma once
#include <weft/core/ops/axes.h>

namespace weft::ops {

/// The mean of (x - mean(x))^2 over the axes; shapes as of sum. Integers become floatx; float16 is
/// computed in float32.
Tensor var(const Tensor& x, ReduceOptions options = {});
/// The square root of var.
Tensor std(const Tensor& x, ReduceOptions options = {});

/// What moments gives; the variance is the biased one.
struct Moments {
  Tensor mean, variance;
};
/// Mean and variance over `axes`, in one go.
Moments moments(const Tensor& x, const Axes& axes, bool keepdims = false);

}  // namespace weft::ops
