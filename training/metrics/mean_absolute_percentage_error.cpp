#include <weft/training/losses/mean_absolute_percentage_error.h>
#include <weft/training/metrics/mean_absolute_percentage_error.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

MeanAbsolutePercentageError::MeanAbsolutePercentageError(Options options)
    : MetricRef(std::make_shared<detail::MeanOfFunction>(
          "MeanAbsolutePercentageError", "mean_absolute_percentage_error", "down", options.name,
          options.dtype, losses::mean_absolute_percentage_error)) {}

}  // namespace metrics

namespace registration {
void metric_mean_absolute_percentage_error() {
  detail::register_plain_metric<metrics::MeanAbsolutePercentageError>("MeanAbsolutePercentageError",
                                                                      {"mape", "MAPE"});
}
}  // namespace registration
}  // namespace weft
