#include <weft/core/error.h>
#include <weft/core/settings.h>
#include <weft/layers/initializer.h>
#include <weft/ops.h>
#include <weft/training/metric.h>

#include "core/access.hpp"
#include "core/recorder.hpp"
#include "training/registries.hpp"

namespace weft {

Metric::Metric(MetricOptions options) : name_(std::move(options.name)), dtype_(options.dtype) {}
Metric::~Metric() = default;

std::string Metric::name() const {
  if (name_.empty()) name_ = detail::automatic_name(typeid(*this));
  return name_;
}

DType Metric::dtype() const { return dtype_ == DType::undefined ? floatx() : dtype_; }

Config Metric::get_config() const { return {{"name", name()}, {"dtype", dtype()}}; }

void Metric::reset_state() {
  for (Variable& v : variables_) v.assign(ops::zeros(v.shape(), v.dtype()));
}

Variable Metric::add_variable(MetricVariableOptions options) {
  if (!options.shape.known()) {
    throw ShapeError("Metric '" + name() + "': the shape of variable '" + options.name +
                     "' has unknown dimensions. Expected: numbers only. Received: shape=" +
                     options.shape.to_string());
  }
  const detail::EagerScope eager;  // a metric may be built inside a step that is being traced
  const DType type = options.dtype == DType::undefined ? dtype() : options.dtype;
  const Tensor value = options.initializer ? (*options.initializer.get())(options.shape, type)
                                           : ops::zeros(options.shape, type);
  Variable v(value, {.trainable = false, .name = options.name});
  detail::impl(v).path = name() + "/" + v.name();
  variables_.push_back(v);
  return v;
}

Metric& MetricRef::get() const {
  if (!*this)
    throw Error(
        "This metric is null. Expected: a metric to have been assigned, e.g. metrics::AUC().");
  return **this;
}

void MetricRef::update_state(const Tensor& y_true, const Tensor& y_pred,
                             const std::optional<Tensor>& sample_weight) const {
  get().update_state(y_true, y_pred, sample_weight);
}
Tensor MetricRef::result() const { return get().result(); }
void MetricRef::reset_state() const { get().reset_state(); }
std::string MetricRef::name() const { return *this ? get().name() : std::string(); }

namespace metrics {

MetricRef get(std::string_view identifier) {
  return detail::registry<Metric>().from_id(identifier, "metric");
}
MetricRef deserialize(const ConfigValue& config) {
  return detail::deserialize<Metric>(config, "metric");
}

}  // namespace metrics
}  // namespace weft
