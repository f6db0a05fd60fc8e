// The metric CategoricalHinge.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// The mean of losses::categorical_hinge over samples; identifier "categorical_hinge".
struct CategoricalHinge : MetricRef {
  using MetricRef::MetricRef;
  explicit CategoricalHinge(Options options = {});
};

}  // namespace weft::metrics
