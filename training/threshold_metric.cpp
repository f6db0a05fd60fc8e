#include "training/threshold_metric.hpp"

namespace weft::detail {

ThresholdMetric::ThresholdMetric(const char* keras_class, Others others, Thresholds thresholds,
                                 std::optional<int> top_k, std::optional<int> class_id,
                                 const std::string& name, DType dtype)
    : BuiltinMetric(keras_class, nullptr, "up", name, dtype),
      others_(others),
      thresholds_(std::move(thresholds)) {
  if (thresholds_) check_thresholds(keras_class, *thresholds_);
  confusion_.thresholds = thresholds_.value_or(std::vector<double>{top_k ? -1e10 : 0.5});
  confusion_.evenly_distributed = evenly_distributed(confusion_.thresholds);
  confusion_.top_k = top_k;
  confusion_.class_id = class_id;
  const Shape shape{confusion_.thresholds.size()};
  true_positives_ = add_variable({.shape = shape, .name = "true_positives"});
  other_counts_ = add_variable({.shape = shape, .name = others.name});
}

void ThresholdMetric::update_state(const Tensor& y_true, const Tensor& y_pred,
                                   const std::optional<Tensor>& sample_weight) {
  const Confusion c = confusion(y_true, y_pred, sample_weight, confusion_, dtype());
  true_positives_.assign(true_positives_ + c.true_positives);
  other_counts_.assign(other_counts_ + c.*others_.counts);
}

Tensor ThresholdMetric::result() {
  const Tensor all = ops::divide_no_nan(true_positives_, true_positives_ + other_counts_);
  return confusion_.thresholds.size() == 1 ? all[0] : all;
}

Config ThresholdMetric::get_config() const {
  return BuiltinMetric::get_config().merge({{"thresholds", thresholds_},
                                            {"top_k", confusion_.top_k},
                                            {"class_id", confusion_.class_id}});
}

}  // namespace weft::detail
