#include <weft/training/metrics/sparse_top_k_categorical_accuracy.h>

#include "training/builtin_loss.hpp"
#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

Tensor sparse_top_k_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred, int k) {
  Tensor labels = y_true.dtype().is_integer() ? y_true : y_true.astype(DType::int32);
  const int rank = labels.shape().rank();
  if (rank > 0 && rank == y_pred.shape().rank() && labels.shape()[-1] == 1)
    labels = ops::squeeze(labels, -1);
  const Tensor here = ops::equal(ops::expand_dims(labels, -1), ops::arange(y_pred.shape()[-1]));
  const Tensor chosen = ops::sum(ops::where(here, y_pred, 0), {.axis = -1, .keepdims = true});
  const Tensor larger = ops::sum((y_pred > chosen).astype(floatx()), {.axis = -1});
  return (larger < static_cast<double>(k)).astype(floatx());
}

SparseTopKCategoricalAccuracy::SparseTopKCategoricalAccuracy(SparseTopKCategoricalAccuracyOptions o)
    : MetricRef(std::make_shared<detail::MeanOfFunction>(
          "SparseTopKCategoricalAccuracy", "sparse_top_k_categorical_accuracy", "up", o.name,
          o.dtype,
          [k = o.k](const Tensor& t, const Tensor& p) {
            return sparse_top_k_categorical_accuracy(t, p, k);
          },
          Config{{"k", o.k}})) {}

}  // namespace metrics

namespace registration {
void metric_sparse_top_k_categorical_accuracy() {
  using Options = metrics::SparseTopKCategoricalAccuracyOptions;
  detail::register_metric<metrics::SparseTopKCategoricalAccuracy, Options>(
      "SparseTopKCategoricalAccuracy", [](const Config& c) {
        auto o = detail::common_metric_options<Options>(c);
        o.k = c.get<int>("k", o.k);
        return o;
      });
}
}  // namespace registration
}  // namespace weft
