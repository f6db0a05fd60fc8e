#include <weft/training/losses/mean_squared_logarithmic_error.h>
#include <weft/training/metrics/mean_squared_logarithmic_error.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

MeanSquaredLogarithmicError::MeanSquaredLogarithmicError(Options options)
    : MetricRef(std::make_shared<detail::MeanOfFunction>(
          "MeanSquaredLogarithmicError", "mean_squared_logarithmic_error", "down", options.name,
          options.dtype, losses::mean_squared_logarithmic_error)) {}

}  // namespace metrics

namespace registration {
void metric_mean_squared_logarithmic_error() {
  detail::register_plain_metric<metrics::MeanSquaredLogarithmicError>("MeanSquaredLogarithmicError",
                                                                      {"msle", "MSLE"});
}
}  // namespace registration
}  // namespace weft
