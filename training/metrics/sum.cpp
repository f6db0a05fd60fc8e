#include <weft/training/metrics/sum.h>

#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {
namespace {

class SumMetric final : public detail::BuiltinMetric {
 public:
  explicit SumMetric(const Options& o) : BuiltinMetric("Sum", "sum", "", o.name, o.dtype) {}
  void update_state(const Tensor& values, const Tensor&,
                    const std::optional<Tensor>& sample_weight) override {
    total_.assign(
        total_ +
        ops::sum(
            detail::reduce_to_samplewise_values(values, sample_weight, ops::sum, dtype()).values));
  }
  Tensor result() override { return total_; }

 private:
  Variable total_ = add_variable({.name = "total"});
};

}  // namespace

Sum::Sum(Options options) : MetricRef(std::make_shared<SumMetric>(options)) {}

void Sum::update_state(const Tensor& values, const std::optional<Tensor>& sample_weight) const {
  get().update_state(values, values, sample_weight);
}

}  // namespace metrics

namespace registration {
void metric_sum() { detail::register_plain_metric<metrics::Sum>("Sum"); }
}  // namespace registration
}  // namespace weft
