#include <weft/training/metrics/sparse_categorical_accuracy.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {

Tensor sparse_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred) {
  Tensor labels = y_true;
  const int rank = labels.shape().rank();
  if (rank > 0 && rank == y_pred.shape().rank() && labels.shape()[-1] == 1)
    labels = ops::squeeze(labels, -1);
  const Tensor matches = ops::equal(labels, ops::argmax(y_pred, {.axis = -1})).astype(floatx());
  const Shape shape = matches.shape();
  return shape.rank() > 1 && shape[-1] == 1 ? ops::squeeze(matches, -1) : matches;
}

SparseCategoricalAccuracy::SparseCategoricalAccuracy(Options options)
    : MetricRef(std::make_shared<detail::MeanOfFunction>(
          "SparseCategoricalAccuracy", "sparse_categorical_accuracy", "up", options.name,
          options.dtype, sparse_categorical_accuracy)) {}

}  // namespace metrics

namespace registration {
void metric_sparse_categorical_accuracy() {
  detail::register_plain_metric<metrics::SparseCategoricalAccuracy>("SparseCategoricalAccuracy");
}
}  // namespace registration
}  // namespace weft
