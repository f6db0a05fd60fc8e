// The metric MeanAbsolutePercentageError.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// The mean of losses::mean_absolute_percentage_error over samples; identifier
/// "mean_absolute_percentage_error", "mape".
struct MeanAbsolutePercentageError : MetricRef {
  using MetricRef::MetricRef;
  explicit MeanAbsolutePercentageError(Options options = {});
};

}  // namespace weft::metrics
