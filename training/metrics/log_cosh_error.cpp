#include <weft/training/losses/log_cosh.h>
#include <weft/training/metrics/log_cosh_error.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

LogCoshError::LogCoshError(Options options)
    : MetricRef(std::make_shared<detail::MeanOfFunction>(
          "LogCoshError", "logcosh", "down", options.name, options.dtype, losses::log_cosh)) {}

}  // namespace metrics

namespace registration {
void metric_log_cosh_error() {
  detail::register_plain_metric<metrics::LogCoshError>("LogCoshError");
}
}  // namespace registration
}  // namespace weft
