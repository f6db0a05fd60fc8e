#include <weft/training/metrics/recall.h>

#include "training/threshold_metric.hpp"

namespace weft {
namespace metrics {

Recall::Recall(RecallOptions options)
    : MetricRef(std::make_shared<detail::ThresholdMetric>(
          "Recall",
          detail::ThresholdMetric::Others{"false_negatives", &detail::Confusion::false_negatives},
          options)) {}

}  // namespace metrics

namespace registration {
void metric_recall() {
  using Options = metrics::RecallOptions;
  detail::register_metric<metrics::Recall, Options>("Recall", detail::threshold_options<Options>);
}
}  // namespace registration
}  // namespace weft
