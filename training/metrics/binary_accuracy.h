// The metric BinaryAccuracy.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// Per sample 1 or 0: whether y_true is 1 where y_pred > threshold and 0 elsewhere. y_true, y_pred
/// `[N, ...]` of one shape (or one with a trailing 1 more) -> `[N, ...]`.
Tensor binary_accuracy(const Tensor& y_true, const Tensor& y_pred, double threshold = 0.5);

struct BinaryAccuracyOptions {
  std::string name = {};
  DType dtype = {};
  double threshold = 0.5;  ///< predictions above it are 1; of logits it has to be 0
};

/// The mean of that function over samples; identifier "binary_accuracy".
struct BinaryAccuracy : MetricRef {
  using MetricRef::MetricRef;
  explicit BinaryAccuracy(BinaryAccuracyOptions options = {});
};

}  // namespace weft::metrics
