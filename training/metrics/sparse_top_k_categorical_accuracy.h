// The metric SparseTopKCategoricalAccuracy.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// Per sample 1 or 0: whether fewer than k places of y_pred are larger than the place y_true.
/// y_true `[N, ...]` of class numbers, y_pred `[N, ..., C]` -> `[N, ...]`.
Tensor sparse_top_k_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred, int k = 5);

struct SparseTopKCategoricalAccuracyOptions {
  int k = 5;
  std::string name = {};
  DType dtype = {};
};

/// The mean of that function over samples; identifier "sparse_top_k_categorical_accuracy".
struct SparseTopKCategoricalAccuracy : MetricRef {
  using MetricRef::MetricRef;
  explicit SparseTopKCategoricalAccuracy(SparseTopKCategoricalAccuracyOptions options = {});
};

}  // namespace weft::metrics
