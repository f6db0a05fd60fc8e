// The metric KLDivergence.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

/// The mean of losses::kl_divergence over samples; identifier "kl_divergence".
struct KLDivergence : MetricRef {
  using MetricRef::MetricRef;
  explicit KLDivergence(Options options = {});
};

}  // namespace weft::metrics
