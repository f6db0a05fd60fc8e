#include <weft/training/metrics/accuracy.h>

#include "training/builtin_loss.hpp"
#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

Tensor accuracy(const Tensor& y_true, const Tensor& y_pred) {
  const auto [t, p] = detail::alike(y_true, y_pred);
  return ops::equal(t, p).astype(floatx());
}

Accuracy::Accuracy(Options options)
    : MetricRef(std::make_shared<detail::MeanOfFunction>("Accuracy", "accuracy", "up", options.name,
                                                         options.dtype, accuracy)) {}

}  // namespace metrics

namespace registration {
void metric_accuracy() { detail::register_plain_metric<metrics::Accuracy>("Accuracy"); }
}  // namespace registration
}  // namespace weft
