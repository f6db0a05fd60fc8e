#include <weft/training/losses/mean_squared_error.h>
#include <weft/training/metrics/mean_squared_error.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

MeanSquaredError::MeanSquaredError(Options options)
    : MetricRef(std::make_shared<detail::MeanOfFunction>("MeanSquaredError", "mean_squared_error",
                                                         "down", options.name, options.dtype,
                                                         losses::mean_squared_error)) {}

}  // namespace metrics

namespace registration {
void metric_mean_squared_error() {
  detail::register_plain_metric<metrics::MeanSquaredError>("MeanSquaredError", {"mse", "MSE"});
}
}  // namespace registration
}  // namespace weft
