// The metric CategoricalAccuracy.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// Per sample 1 or 0: whether the largest of y_true and of y_pred are at the same place. y_true
/// (one-hot), y_pred
/// `[N, ..., C]` -> `[N, ...]`.
Tensor categorical_accuracy(const Tensor& y_true, const Tensor& y_pred);

/// The mean of that function over samples; identifier "categorical_accuracy".
struct CategoricalAccuracy : MetricRef {
  using MetricRef::MetricRef;
  explicit CategoricalAccuracy(Options options = {});
};

}  // namespace weft::metrics
