#include <weft/training/metrics/categorical_accuracy.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

Tensor categorical_accuracy(const Tensor& y_true, const Tensor& y_pred) {
  return ops::equal(ops::argmax(y_true, {.axis = -1}), ops::argmax(y_pred, {.axis = -1}))
      .astype(floatx());
}

CategoricalAccuracy::CategoricalAccuracy(Options options)
    : MetricRef(std::make_shared<detail::MeanOfFunction>("CategoricalAccuracy",
                                                         "categorical_accuracy", "up", options.name,
                                                         options.dtype, categorical_accuracy)) {}

}  // namespace metrics

namespace registration {
void metric_categorical_accuracy() {
  detail::register_plain_metric<metrics::CategoricalAccuracy>("CategoricalAccuracy");
}
}  // namespace registration
}  // namespace weft
