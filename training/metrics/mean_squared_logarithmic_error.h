// The metric MeanSquaredLogarithmicError.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// The mean of losses::mean_squared_logarithmic_error over samples; identifier
/// "mean_squared_logarithmic_error", "msle".
struct MeanSquaredLogarithmicError : MetricRef {
  using MetricRef::MetricRef;
  explicit MeanSquaredLogarithmicError(Options options = {});
};

}  // namespace weft::metrics
