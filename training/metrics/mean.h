// The metric Mean.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// The weighted mean of values: sum(values * weights) / sum(weights).
struct Mean : MetricRef {
  using MetricRef::MetricRef;
  explicit Mean(Options options = {});
  /// values `[N, ...]` (means over the axes but the first are taken) or a scalar; sample_weight
  /// `[N]` or a shape that broadcasts.
  void update_state(const Tensor& values, const std::optional<Tensor>& sample_weight = {}) const;
};

}  // namespace weft::metrics
