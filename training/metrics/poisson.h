// The metric Poisson.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// The mean of losses::poisson over samples; identifier "poisson".
struct Poisson : MetricRef {
  using MetricRef::MetricRef;
  explicit Poisson(Options options = {});
};

}  // namespace weft::metrics
