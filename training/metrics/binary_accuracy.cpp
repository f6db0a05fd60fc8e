#include <weft/training/metrics/binary_accuracy.h>

#include "training/builtin_loss.hpp"
#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

Tensor binary_accuracy(const Tensor& y_true, const Tensor& y_pred, double threshold) {
  const auto [t, p] = detail::squeeze_or_expand_to_same_rank(y_true, y_pred);
  return ops::equal(t, (p > threshold).astype(t.dtype())).astype(floatx());
}

BinaryAccuracy::BinaryAccuracy(BinaryAccuracyOptions o)
    : MetricRef(std::make_shared<detail::MeanOfFunction>(
          "BinaryAccuracy", "binary_accuracy", "up", o.name, o.dtype,
          [threshold = o.threshold](const Tensor& t, const Tensor& p) {
            return binary_accuracy(t, p, threshold);
          },
          Config{{"threshold", o.threshold}})) {}

}  // namespace metrics

namespace registration {
void metric_binary_accuracy() {
  using Options = metrics::BinaryAccuracyOptions;
  detail::register_metric<metrics::BinaryAccuracy, Options>("BinaryAccuracy", [](const Config& c) {
    auto o = detail::common_metric_options<Options>(c);
    o.threshold = c.get<double>("threshold", o.threshold);
    return o;
  });
}
}  // namespace registration
}  // namespace weft
