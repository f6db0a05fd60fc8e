#include <weft/training/metrics/mean_metric_wrapper.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

MeanMetricWrapper::MeanMetricWrapper(Fn<Tensor(const Tensor&, const Tensor&)> fn, Options options)
    : MetricRef(std::make_shared<detail::MeanOfFunction>(
          "MeanMetricWrapper", nullptr, "", options.name, options.dtype, std::move(fn))) {}

}  // namespace metrics

namespace registration {
void metric_mean_metric_wrapper() {}  // a file cannot hold the function
}  // namespace registration
}  // namespace weft
