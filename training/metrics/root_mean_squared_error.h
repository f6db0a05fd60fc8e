// The metric RootMeanSquaredError.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// sqrt(mean((y_pred - y_true)^2)); identifier "root_mean_squared_error".
struct RootMeanSquaredError : MetricRef {
  using MetricRef::MetricRef;
  explicit RootMeanSquaredError(Options options = {});
};

}  // namespace weft::metrics
