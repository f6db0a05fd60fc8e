// What Precision and Recall share: true positives in proportion to a whole, at thresholds.
#pragma once
#include "training/confusion.hpp"
#include "training/mean_metric.hpp"

namespace weft::detail {

/// true positives / (true positives + others), the others being false positives or false negatives.
class ThresholdMetric final : public BuiltinMetric {
 public:
  struct Others {
    const char* name;           ///< of their variable
    Tensor Confusion::*counts;  ///< which
  };
  template <class O>
  ThresholdMetric(const char* keras_class, Others others, const O& o)
      : ThresholdMetric(keras_class, others, o.thresholds, o.top_k, o.class_id, o.name, o.dtype) {}
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const std::optional<Tensor>& sample_weight) override;
  Tensor result() override;
  Config get_config() const override;

 private:
  using Thresholds = std::optional<std::vector<double>>;
  ThresholdMetric(const char* keras_class, Others others, Thresholds thresholds,
                  std::optional<int> top_k, std::optional<int> class_id, const std::string& name,
                  DType dtype);

  Others others_;
  Thresholds thresholds_;  // as given
  ConfusionOptions confusion_;
  Variable true_positives_, other_counts_;
};

/// The options of such a metric out of a configuration.
template <class O>
O threshold_options(const Config& c) {
  auto o = common_metric_options<O>(c);
  // A file may hold one number in place of a list.
  if (c.contains("thresholds") && kind(c["thresholds"]) == ConfigKind::floating) {
    o.thresholds = std::vector<double>{c.get<double>("thresholds")};
  } else {
    o.thresholds = c.get<std::optional<std::vector<double>>>("thresholds", o.thresholds);
  }
  o.top_k = c.get<std::optional<int>>("top_k", o.top_k);
  o.class_id = c.get<std::optional<int>>("class_id", o.class_id);
  return o;
}

}  // namespace weft::detail
