#include <weft/training/losses/squared_hinge.h>
#include <weft/training/metrics/squared_hinge.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

SquaredHinge::SquaredHinge(Options options)
    : MetricRef(std::make_shared<detail::MeanOfFunction>("SquaredHinge", "squared_hinge", "down",
                                                         options.name, options.dtype,
                                                         losses::squared_hinge)) {}

}  // namespace metrics

namespace registration {
void metric_squared_hinge() {
  detail::register_plain_metric<metrics::SquaredHinge>("SquaredHinge");
}
}  // namespace registration
}  // namespace weft
