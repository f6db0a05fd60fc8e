#include <weft/training/metrics/precision.h>

#include "training/threshold_metric.hpp"

namespace weft {
namespace metrics {

Precision::Precision(PrecisionOptions options)
    : MetricRef(std::make_shared<detail::ThresholdMetric>(
          "Precision",
          detail::ThresholdMetric::Others{"false_positives", &detail::Confusion::false_positives},
          options)) {}

}  // namespace metrics

namespace registration {
void metric_precision() {
  using Options = metrics::PrecisionOptions;
  detail::register_metric<metrics::Precision, Options>("Precision",
                                                       detail::threshold_options<Options>);
}
}  // namespace registration
}  // namespace weft
