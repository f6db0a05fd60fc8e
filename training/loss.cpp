#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/settings.h>
#include <weft/ops.h>
#include <weft/training/loss.h>

#include "core/access.hpp"
#include "training/loss_reduction.hpp"
#include "training/registries.hpp"

namespace weft {

Loss::Loss(LossOptions options)
    : name_(std::move(options.name)),
      reduction_(std::move(options.reduction)),
      dtype_(options.dtype) {
  for (const char* allowed :
       {"sum_over_batch_size", "sum", "none", "mean", "mean_with_sample_weight"}) {
    if (reduction_ == allowed) return;
  }
  throw Error(
      fmt::format("Loss: invalid value for argument `reduction`. Expected one of: "
                  "sum_over_batch_size, sum, none, mean, "
                  "mean_with_sample_weight. Received: reduction={}",
                  reduction_));
}

Loss::~Loss() = default;

std::string Loss::name() const {
  if (name_.empty()) name_ = detail::automatic_name(typeid(*this));
  return name_;
}

DType Loss::dtype() const { return dtype_ == DType::undefined ? floatx() : dtype_; }

Config Loss::get_config() const { return {{"name", name()}, {"reduction", reduction_}}; }

Tensor Loss::operator()(const Tensor& y_true, const Tensor& y_pred,
                        const std::optional<Tensor>& sample_weight) {
  std::optional<Tensor> mask = detail::keras_mask(y_pred);
  try {
    const Tensor losses = call(keeps_labels() ? y_true : detail::as_dtype(y_true, dtype()),
                               detail::as_dtype(y_pred, dtype()));
    if (const std::optional<Tensor> out_mask = detail::keras_mask(losses)) {
      mask = mask ? ops::logical_and(*mask, *out_mask) : *out_mask;
    }
    return detail::reduce_weighted_values(losses, sample_weight, mask, reduction_, dtype());
  } catch (const ShapeError& e) {
    throw ShapeError(fmt::format(
        "Loss '{}': {} Received: y_true.shape={}, y_pred.shape={}{}", name(), e.what(),
        y_true.shape().to_string(), y_pred.shape().to_string(),
        sample_weight ? ", sample_weight.shape=" + sample_weight->shape().to_string() : ""));
  }
}

Tensor LossRef::operator()(const Tensor& y_true, const Tensor& y_pred,
                           const std::optional<Tensor>& sample_weight) const {
  if (!*this)
    throw Error(
        "This loss is null. Expected: a loss to have been assigned, e.g. "
        "losses::MeanSquaredError().");
  return (**this)(y_true, y_pred, sample_weight);
}

namespace losses {

LossRef get(std::string_view identifier) {
  return detail::registry<Loss>().from_id(identifier, "loss");
}
LossRef deserialize(const ConfigValue& config) { return detail::deserialize<Loss>(config, "loss"); }

}  // namespace losses
}  // namespace weft
