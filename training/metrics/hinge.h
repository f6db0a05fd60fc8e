// The metric Hinge.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// The mean of losses::hinge over samples; identifier "hinge".
struct Hinge : MetricRef {
  using MetricRef::MetricRef;
  explicit Hinge(Options options = {});
};

}  // namespace weft::metrics
