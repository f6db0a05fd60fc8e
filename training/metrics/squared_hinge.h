// The metric SquaredHinge.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// The mean of losses::squared_hinge over samples; identifier "squared_hinge".
struct SquaredHinge : MetricRef {
  using MetricRef::MetricRef;
  explicit SquaredHinge(Options options = {});
};

}  // namespace weft::metrics
