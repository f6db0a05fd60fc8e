// The metric Accuracy.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// Per sample 1 or 0: how often y_true equals y_pred. y_true, y_pred `[N, ...]` of one shape (or
/// one with a trailing 1 more) -> `[N, ...]`.
Tensor accuracy(const Tensor& y_true, const Tensor& y_pred);

/// The mean of that function over samples; identifier "accuracy".
struct Accuracy : MetricRef {
  using MetricRef::MetricRef;
  explicit Accuracy(Options options = {});
};

}  // namespace weft::metrics
