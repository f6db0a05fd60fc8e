#include <weft/training/metrics/root_mean_squared_error.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {
namespace {

class RootMean final : public detail::MeanMetric {
 public:
  explicit RootMean(const Options& o)
      : MeanMetric("RootMeanSquaredError", "root_mean_squared_error", "down", o.name, o.dtype) {}
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const std::optional<Tensor>& sample_weight) override {
    const auto [t, p] = detail::squeeze_or_expand_to_same_rank(detail::as_dtype(y_true, dtype()),
                                                               detail::as_dtype(y_pred, dtype()));
    update_mean(ops::square(p - t), sample_weight);
  }
  Tensor result() override { return ops::sqrt(MeanMetric::result()); }
};

}  // namespace

RootMeanSquaredError::RootMeanSquaredError(Options options)
    : MetricRef(std::make_shared<RootMean>(options)) {}

}  // namespace metrics

namespace registration {
void metric_root_mean_squared_error() {
  detail::register_plain_metric<metrics::RootMeanSquaredError>("RootMeanSquaredError");
}
}  // namespace registration
}  // namespace weft
