#include "training/mean_metric.hpp"

#include "core/access.hpp"

namespace weft::detail {
namespace {

/// axes first, first + 1, ..., last - 1.
ops::Axes axes_between(int first, int last) {
  std::vector<int> axes;
  for (int i = first; i < last; ++i) axes.push_back(i);
  return axes;
}

}  // namespace

Samplewise reduce_to_samplewise_values(const Tensor& x, const std::optional<Tensor>& sample_weight,
                                       Reduce reduce, DType dtype) {
  Tensor values = as_dtype(x, dtype);
  std::optional<Tensor> weight = sample_weight;
  if (weight) {
    weight = apply_mask(as_dtype(*weight, dtype), keras_mask(x), dtype, "sum");
    auto [v, w] = squeeze_or_expand_to_same_rank(values, *weight);
    const int weight_rank = w.shape().rank(), rank = v.shape().rank();
    if (rank > weight_rank) v = reduce(v, {.axis = axes_between(weight_rank, rank)});
    if (!(w.shape() == v.shape())) w = ops::broadcast_to(w, v.shape());
    values = v * w;
    if (weight_rank > 1) w = reduce(w, {.axis = axes_between(1, weight_rank)});
    weight = w;
  }
  if (const int rank = values.shape().rank(); rank > 1)
    values = reduce(values, {.axis = axes_between(1, rank)});
  return {values, weight};
}

MeanMetric::MeanMetric(const char* keras_class, const char* default_name, const char* direction,
                       const std::string& name, DType dtype)
    : BuiltinMetric(keras_class, default_name, direction, name, dtype),
      total_(add_variable({.name = "total"})),
      count_(add_variable({.name = "count"})) {}

void MeanMetric::update_state(const Tensor& values, const Tensor&,
                              const std::optional<Tensor>& sample_weight) {
  update_mean(values, sample_weight);
}

void MeanMetric::update_mean(const Tensor& x, const std::optional<Tensor>& sample_weight) {
  const auto [values, weight] = reduce_to_samplewise_values(x, sample_weight, ops::mean, dtype());
  total_.assign(total_ + (values.shape().rank() == 0 ? values : ops::sum(values)));
  if (weight) {
    count_.assign(count_ + ops::sum(*weight));
  } else {
    count_.assign(count_ +
                  (values.shape().rank() == 0
                       ? 1.0
                       : static_cast<double>(static_cast<std::int64_t>(values.shape()[0]))));
  }
}

Tensor MeanMetric::result() { return ops::divide_no_nan(total_, count_); }

void MeanOfFunction::update_state(const Tensor& y_true, const Tensor& y_pred,
                                  const std::optional<Tensor>& sample_weight) {
  const std::optional<Tensor> mask = keras_mask(y_pred);
  const Tensor values = function_(y_true, y_pred);
  const std::optional<Tensor> weight =
      sample_weight ? as_dtype(*sample_weight, dtype()) : sample_weight;
  update_mean(values, apply_mask(weight, mask, dtype(), "sum"));
}

}  // namespace weft::detail
