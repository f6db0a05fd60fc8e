// The metric Precision.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

struct PrecisionOptions {
  std::optional<std::vector<double>> thresholds = {};  ///< in [0, 1]; none: 0.5
  std::optional<int> top_k = {};     ///< only the k largest predictions of a sample can be positive
  std::optional<int> class_id = {};  ///< only this class of y `[N, C]` counts
  std::string name = {};             ///< empty: "precision", "precision_1", ...
  DType dtype = {};
};

/// true positives / (true positives + false positives), a prediction being positive when it is
/// above the threshold: a scalar, or with several thresholds one number each. y_true (0 or 1),
/// y_pred `[N, ...]`. Throws Error when a threshold is not in [0, 1].
struct Precision : MetricRef {
  using MetricRef::MetricRef;
  explicit Precision(PrecisionOptions options = {});
};

}  // namespace weft::metrics
