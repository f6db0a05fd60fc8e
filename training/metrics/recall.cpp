#include <weft/training/metrics/recall.h>

#include "training/confusion.hpp"
#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {
namespace {

class RecallMetric final : public detail::BuiltinMetric {
 public:
  explicit RecallMetric(const RecallOptions& o)
      : BuiltinMetric("Recall", nullptr, "up", o.name, o.dtype), options_(o) {
    if (o.thresholds) detail::check_thresholds("Recall", *o.thresholds);
    confusion_.thresholds = o.thresholds.value_or(std::vector<double>{o.top_k ? -1e10 : 0.5});
    confusion_.evenly_distributed = detail::evenly_distributed(confusion_.thresholds);
    confusion_.top_k = o.top_k;
    confusion_.class_id = o.class_id;
    true_positives_ =
        add_variable({.shape = {confusion_.thresholds.size()}, .name = "true_positives"});
    false_negatives_ =
        add_variable({.shape = {confusion_.thresholds.size()}, .name = "false_negatives"});
  }
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const std::optional<Tensor>& sample_weight) override {
    const detail::Confusion c =
        detail::confusion(y_true, y_pred, sample_weight, confusion_, dtype());
    true_positives_.assign(true_positives_ + c.true_positives);
    false_negatives_.assign(false_negatives_ + c.false_negatives);
  }
  Tensor result() override {
    const Tensor all = ops::divide_no_nan(true_positives_, true_positives_ + false_negatives_);
    return confusion_.thresholds.size() == 1 ? all[0] : all;
  }
  Config get_config() const override {
    return BuiltinMetric::get_config().merge({{"thresholds", options_.thresholds},
                                              {"top_k", options_.top_k},
                                              {"class_id", options_.class_id}});
  }

 private:
  RecallOptions options_;
  detail::ConfusionOptions confusion_;
  Variable true_positives_, false_negatives_;
};

}  // namespace

Recall::Recall(RecallOptions options) : MetricRef(std::make_shared<RecallMetric>(options)) {}

}  // namespace metrics

namespace registration {
void metric_recall() {
  using Options = metrics::RecallOptions;
  detail::register_metric<metrics::Recall, Options>("Recall", [](const Config& c) {
    auto o = detail::common_metric_options<Options>(c);
    // A file may hold one number in place of a list.
    if (c.contains("thresholds") && detail::kind(c["thresholds"]) == detail::ConfigKind::floating) {
      o.thresholds = std::vector<double>{c.get<double>("thresholds")};
    } else {
      o.thresholds = c.get<std::optional<std::vector<double>>>("thresholds", o.thresholds);
    }
    o.top_k = c.get<std::optional<int>>("top_k", o.top_k);
    o.class_id = c.get<std::optional<int>>("class_id", o.class_id);
    return o;
  });
}
}  // namespace registration
}  // namespace weft
