// What Keras's own metrics share: class name, module, configuration; means over samples, and means
// of functions.
#pragma once
#include <weft/core/error.h>
#include <weft/core/settings.h>
#include <weft/ops.h>

#include "training/loss_reduction.hpp"
#include "training/registries.hpp"

namespace weft::detail {

class BuiltinMetric : public Metric {
 public:
  /// An empty name becomes `default_name`; a null default_name an automatic one ("auc", "auc_1").
  BuiltinMetric(const char* keras_class, const char* default_name, const char* direction,
                const std::string& name, DType dtype)
      : Metric({dtype, !name.empty()             ? name
                       : default_name != nullptr ? default_name
                                                 : auto_name(snake_case(keras_class))}),
        class_(keras_class),
        direction_(direction) {}
  std::string class_name() const override { return class_; }
  std::string module() const override { return "keras.metrics"; }
  std::string direction() const override { return direction_; }

 private:
  const char* class_;
  const char* direction_;
};

/// Keras's reduce_to_samplewise_values: values `[N, ...]` -> `[N]` by `reduce` over the other axes,
/// weights multiplied in.
struct Samplewise {
  Tensor values;
  std::optional<Tensor> weight;
};
using Reduce = Tensor (*)(const Tensor&, ops::ReduceOptions);
Samplewise reduce_to_samplewise_values(const Tensor& values,
                                       const std::optional<Tensor>& sample_weight, Reduce reduce,
                                       DType dtype);

/// sum of weighted values / sum of weights (number of samples without weights).
class MeanMetric : public BuiltinMetric {
 public:
  MeanMetric(const char* keras_class, const char* default_name, const char* direction,
             const std::string& name, DType dtype);
  /// Of values; y_pred takes no part.
  void update_state(const Tensor& values, const Tensor& y_pred,
                    const std::optional<Tensor>& sample_weight) override;
  Tensor result() override;
  void update_mean(const Tensor& values, const std::optional<Tensor>& sample_weight);

 private:
  Variable total_, count_;
};

using MetricFunction = Fn<Tensor(const Tensor&, const Tensor&)>;

/// The mean of a function of (y_true, y_pred). y_pred's mask takes part as weights.
class MeanOfFunction : public MeanMetric {
 public:
  MeanOfFunction(const char* keras_class, const char* default_name, const char* direction,
                 const std::string& name, DType dtype, MetricFunction function, Config more = {})
      : MeanMetric(keras_class, default_name, direction, name, dtype),
        function_(std::move(function)),
        more_(std::move(more)) {}
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const std::optional<Tensor>& sample_weight) override;
  Config get_config() const override { return MeanMetric::get_config().merge(more_); }

 private:
  MetricFunction function_;
  Config more_;
};

template <class O>
O common_metric_options(const Config& c) {
  O o;
  o.name = text_or(c, "name", "");
  if (c.contains("dtype")) o.dtype = dtype_or_policy(c["dtype"]);
  return o;
}

/// Registers a class whose handle H is made from options O that `read` takes out of a
/// configuration.
template <class H, class O>
void register_metric(const char* keras_class, O (*read)(const Config&),
                     const std::vector<std::string>& aliases = {}) {
  registry<Metric>().add(
      keras_class, [read](const Config& c) -> Ref<Metric> { return H(read(c)); }, aliases);
}
template <class H>
void register_plain_metric(const char* keras_class, const std::vector<std::string>& aliases = {}) {
  register_metric<H, metrics::Options>(keras_class, common_metric_options<metrics::Options>,
                                       aliases);
}

}  // namespace weft::detail
