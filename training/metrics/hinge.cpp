#include <weft/training/losses/hinge.h>
#include <weft/training/metrics/hinge.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

Hinge::Hinge(Options options)
    : MetricRef(std::make_shared<detail::MeanOfFunction>("Hinge", "hinge", "down", options.name,
                                                         options.dtype, losses::hinge)) {}

}  // namespace metrics

namespace registration {
void metric_hinge() { detail::register_plain_metric<metrics::Hinge>("Hinge"); }
}  // namespace registration
}  // namespace weft
