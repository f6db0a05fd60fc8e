// The metric Sum.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// The weighted sum of values.
struct Sum : MetricRef {
  using MetricRef::MetricRef;
  explicit Sum(Options options = {});
  /// values `[N, ...]` or a scalar; sample_weight `[N]` or a shape that broadcasts.
  void update_state(const Tensor& values, const std::optional<Tensor>& sample_weight = {}) const;
};

}  // namespace weft::metrics
