// The metric SparseCategoricalAccuracy.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// Per sample 1 or 0: whether the largest of y_pred is at the place y_true. y_true `[N, ...]` or
/// `[N, ..., 1]` of class numbers, y_pred `[N, ..., C]` -> `[N, ...]`.
Tensor sparse_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred);

/// The mean of that function over samples; identifier "sparse_categorical_accuracy".
struct SparseCategoricalAccuracy : MetricRef {
  using MetricRef::MetricRef;
  explicit SparseCategoricalAccuracy(Options options = {});
};

}  // namespace weft::metrics
