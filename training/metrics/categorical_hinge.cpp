#include <weft/training/losses/categorical_hinge.h>
#include <weft/training/metrics/categorical_hinge.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

CategoricalHinge::CategoricalHinge(Options options)
    : MetricRef(std::make_shared<detail::MeanOfFunction>("CategoricalHinge", "categorical_hinge",
                                                         "down", options.name, options.dtype,
                                                         losses::categorical_hinge)) {}

}  // namespace metrics

namespace registration {
void metric_categorical_hinge() {
  detail::register_plain_metric<metrics::CategoricalHinge>("CategoricalHinge");
}
}  // namespace registration
}  // namespace weft
