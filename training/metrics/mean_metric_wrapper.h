// The metric MeanMetricWrapper.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// The mean over samples of a function of (y_true, y_pred) that returns one value per sample: what
/// compile makes of a function.
struct MeanMetricWrapper : MetricRef {
  using MetricRef::MetricRef;
  explicit MeanMetricWrapper(Fn<Tensor(const Tensor&, const Tensor&)> fn, Options options = {});
};

}  // namespace weft::metrics
