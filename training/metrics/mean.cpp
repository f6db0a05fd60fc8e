#include <weft/training/metrics/mean.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

Mean::Mean(Options options)
    : MetricRef(
          std::make_shared<detail::MeanMetric>("Mean", "mean", "", options.name, options.dtype)) {}

void Mean::update_state(const Tensor& values, const std::optional<Tensor>& sample_weight) const {
  get().update_state(values, values, sample_weight);
}

}  // namespace metrics

namespace registration {
void metric_mean() { detail::register_plain_metric<metrics::Mean>("Mean"); }
}  // namespace registration
}  // namespace weft
