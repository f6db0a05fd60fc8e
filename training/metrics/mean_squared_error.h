// The metric MeanSquaredError.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// The mean of losses::mean_squared_error over samples; identifier "mean_squared_error", "mse".
struct MeanSquaredError : MetricRef {
  using MetricRef::MetricRef;
  explicit MeanSquaredError(Options options = {});
};

}  // namespace weft::metrics
