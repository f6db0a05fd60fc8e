// The metric TopKCategoricalAccuracy.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// Per sample 1 or 0: whether fewer than k places of y_pred are larger than the one where y_true
/// (one-hot) is largest. y_true, y_pred `[N, ..., C]` -> `[N, ...]`.
Tensor top_k_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred, int k = 5);

struct TopKCategoricalAccuracyOptions {
  int k = 5;
  std::string name = {};
  DType dtype = {};
};

/// The mean of that function over samples; identifier "top_k_categorical_accuracy".
struct TopKCategoricalAccuracy : MetricRef {
  using MetricRef::MetricRef;
  explicit TopKCategoricalAccuracy(TopKCategoricalAccuracyOptions options = {});
};

}  // namespace weft::metrics
