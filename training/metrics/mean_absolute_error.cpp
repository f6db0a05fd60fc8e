#include <weft/training/losses/mean_absolute_error.h>
#include <weft/training/metrics/mean_absolute_error.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

MeanAbsoluteError::MeanAbsoluteError(Options options)
    : MetricRef(std::make_shared<detail::MeanOfFunction>("MeanAbsoluteError", "mean_absolute_error",
                                                         "down", options.name, options.dtype,
                                                         losses::mean_absolute_error)) {}

}  // namespace metrics

namespace registration {
void metric_mean_absolute_error() {
  detail::register_plain_metric<metrics::MeanAbsoluteError>("MeanAbsoluteError", {"mae", "MAE"});
}
}  // namespace registration
}  // namespace weft
