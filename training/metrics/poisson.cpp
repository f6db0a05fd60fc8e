#include <weft/training/losses/poisson.h>
#include <weft/training/metrics/poisson.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

Poisson::Poisson(Options options)
    : MetricRef(std::make_shared<detail::MeanOfFunction>("Poisson", "poisson", "down", options.name,
                                                         options.dtype, losses::poisson)) {}

}  // namespace metrics

namespace registration {
void metric_poisson() { detail::register_plain_metric<metrics::Poisson>("Poisson"); }
}  // namespace registration
}  // namespace weft
