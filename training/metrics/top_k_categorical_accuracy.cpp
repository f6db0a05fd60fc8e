#include <weft/training/metrics/sparse_top_k_categorical_accuracy.h>
#include <weft/training/metrics/top_k_categorical_accuracy.h>

#include "training/builtin_loss.hpp"
#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

Tensor top_k_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred, int k) {
  return sparse_top_k_categorical_accuracy(ops::argmax(y_true, {.axis = -1}), y_pred, k);
}

TopKCategoricalAccuracy::TopKCategoricalAccuracy(TopKCategoricalAccuracyOptions o)
    : MetricRef(std::make_shared<detail::MeanOfFunction>(
          "TopKCategoricalAccuracy", "top_k_categorical_accuracy", "up", o.name, o.dtype,
          [k = o.k](const Tensor& t, const Tensor& p) {
            return top_k_categorical_accuracy(t, p, k);
          },
          Config{{"k", o.k}})) {}

}  // namespace metrics

namespace registration {
void metric_top_k_categorical_accuracy() {
  using Options = metrics::TopKCategoricalAccuracyOptions;
  detail::register_metric<metrics::TopKCategoricalAccuracy, Options>(
      "TopKCategoricalAccuracy", [](const Config& c) {
        auto o = detail::common_metric_options<Options>(c);
        o.k = c.get<int>("k", o.k);
        return o;
      });
}
}  // namespace registration
}  // namespace weft
