// The metric MeanAbsoluteError.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// The mean of losses::mean_absolute_error over samples; identifier "mean_absolute_error", "mae".
struct MeanAbsoluteError : MetricRef {
  using MetricRef::MetricRef;
  explicit MeanAbsoluteError(Options options = {});
};

}  // namespace weft::metrics
