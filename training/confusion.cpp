#include "training/confusion.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/settings.h>
#include <weft/ops.h>

#include <cmath>

#include "core/config_access.hpp"
#include "training/loss_reduction.hpp"

namespace weft::detail {
namespace {

constexpr double kNever = -1e10;  // Keras's NEG_INF

/// Predictions below the k largest of a sample become kNever.
Tensor keep_top_k(const Tensor& x, int k) {
  const Tensor larger =
      ops::expand_dims(x, -2) > ops::expand_dims(x, -1);  // [..., c, j]: x[j] > x[c]
  const Tensor rank = ops::sum(larger.astype(x.dtype()), {.axis = -1});
  return ops::where(rank < static_cast<double>(k), x, kNever);
}

/// x[..., c, None].
Tensor only_class(const Tensor& x, int c) {
  if (x.shape().rank() < 2) {
    throw ShapeError(
        "When class_id is provided, y_pred must be a 2D array with shape (num_samples, "
        "num_classes). Received: shape=" +
        x.shape().to_string());
  }
  std::vector<Index> indices(static_cast<std::size_t>(x.shape().rank() - 1), Index(All));
  indices.emplace_back(Slice{c, c + 1, {}});
  return ops::getitem(x, indices);
}

/// 1 where y_pred is above the threshold, else 0: `[T, N]`, with multi_label `[T, N, L]`.
Tensor above_thresholds(const Tensor& y_pred, const ConfusionOptions& o) {
  const auto count = static_cast<std::int64_t>(o.thresholds.size());
  Shape column = {count};
  for (int i = 0; i < y_pred.shape().rank(); ++i) column.push_back(1);
  const Tensor predictions = ops::expand_dims(y_pred, 0);
  if (!o.evenly_distributed) {
    const Tensor thresholds = Tensor::from(o.thresholds, column).astype(y_pred.dtype());
    return (predictions > thresholds).astype(y_pred.dtype());
  }
  // Prediction p belongs to the bucket below it: 0.5 is not above the threshold 0.5.
  Tensor bucket =
      ops::ceil(ops::clip(predictions, 0.0, 1.0) * static_cast<double>(count - 1)) - 1.0;
  // The first threshold is -epsilon() then: 0 is above it.
  if (o.thresholds.front() < 0 || o.thresholds.back() > 1) bucket = ops::relu(bucket);
  const Tensor place = ops::arange(count).reshape(column).astype(y_pred.dtype());
  return (bucket >= place).astype(y_pred.dtype());
}

}  // namespace

Confusion confusion(const Tensor& y_true, const Tensor& y_pred,
                    const std::optional<Tensor>& sample_weight, const ConfusionOptions& o,
                    DType dtype) {
  auto [p, t] = squeeze_or_expand_to_same_rank(as_dtype(y_pred, dtype), as_dtype(y_true, dtype));
  if (o.top_k) p = keep_top_k(p, *o.top_k);
  if (o.class_id) {
    t = only_class(t, *o.class_id);
    p = only_class(p, *o.class_id);
  }
  const Tensor is_true = ops::not_equal(t, 0.0).astype(dtype);
  std::optional<Tensor> weight;
  if (sample_weight) {
    weight = squeeze_or_expand_to_same_rank(
                 t, ops::expand_dims(as_dtype(*sample_weight, dtype), -1), false)
                 .second;
  }
  if (o.label_weights) weight = weight ? *weight * *o.label_weights : *o.label_weights;
  Tensor positive = is_true, negative = 1.0 - is_true;
  if (weight) {
    positive = positive * *weight;
    negative = negative * *weight;
  }
  if (o.multi_label) {
    const Tensor above = above_thresholds(p, o);  // [T, N, L]
    const Tensor tp = ops::sum(above * positive, {.axis = 1}),
                 fp = ops::sum(above * negative, {.axis = 1});
    return {tp, fp, ops::sum(negative, {.axis = 0}) - fp, ops::sum(positive, {.axis = 0}) - tp};
  }
  const Tensor above = above_thresholds(p.reshape({-1}), o);  // [T, N]
  const Tensor tp = ops::matmul(above, positive.reshape({-1})),
               fp = ops::matmul(above, negative.reshape({-1}));
  return {tp, fp, ops::sum(negative) - fp, ops::sum(positive) - tp};
}

bool evenly_distributed(const std::vector<double>& thresholds) {
  const std::size_t count = thresholds.size();
  if (count < 3) return false;
  for (std::size_t i = 0; i < count; ++i) {
    const double even = static_cast<double>(i) / static_cast<double>(count - 1);
    if (std::abs(thresholds[i] - even) > epsilon() + 1e-5 * even) return false;  // NumPy's allclose
  }
  return true;
}

void check_thresholds(const char* metric, const std::vector<double>& thresholds) {
  for (const double t : thresholds) {
    if (t >= 0 && t <= 1) continue;
    throw Error(fmt::format(
        "{}: threshold values are out of range. Expected: numbers in [0, 1]. Received: {}", metric,
        python_repr(t)));
  }
}

}  // namespace weft::detail
