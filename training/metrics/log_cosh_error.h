// The metric LogCoshError.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// The mean of losses::log_cosh over samples; identifier "log_cosh_error".
struct LogCoshError : MetricRef {
  using MetricRef::MetricRef;
  explicit LogCoshError(Options options = {});
};

}  // namespace weft::metrics
