#include "training/loss_reduction.hpp"

#include <weft/ops.h>

namespace weft::detail {
namespace {

bool ends_in_one(const Tensor& x) { return x.shape()[-1] == 1; }

}  // namespace

std::pair<Tensor, Tensor> squeeze_or_expand_to_same_rank(const Tensor& a, const Tensor& b,
                                                         bool expand_rank_1) {
  const int rank_a = a.shape().rank(), rank_b = b.shape().rank();
  if (rank_a == rank_b + 1 && ends_in_one(a)) {
    if (rank_b == 1 && expand_rank_1) return {a, ops::expand_dims(b, -1)};
    return {ops::squeeze(a, -1), b};
  }
  if (rank_b == rank_a + 1 && ends_in_one(b)) {
    if (rank_a == 1 && expand_rank_1) return {ops::expand_dims(a, -1), b};
    return {a, ops::squeeze(b, -1)};
  }
  return {a, b};
}

std::optional<Tensor> apply_mask(const std::optional<Tensor>& sample_weight,
                                 const std::optional<Tensor>& mask, DType dtype,
                                 const std::string& reduction) {
  if (!mask) return sample_weight;
  Tensor weight = mask->astype(dtype);
  if (reduction == "mean" || reduction == "sum_over_batch_size") {
    weight =
        weight * ops::divide_no_nan(static_cast<double>(mask->shape().size()), ops::sum(weight));
  }
  if (!sample_weight) return weight;
  const auto [w, s] = squeeze_or_expand_to_same_rank(weight, as_dtype(*sample_weight, dtype));
  return s * w;
}

Tensor reduce_weighted_values(const Tensor& losses, const std::optional<Tensor>& sample_weight,
                              const std::optional<Tensor>& mask, const std::string& reduction,
                              DType dtype) {
  Tensor values = as_dtype(losses, dtype);
  std::optional<Tensor> weight = apply_mask(sample_weight, mask, dtype, reduction);
  if (weight) {
    const auto [v, w] = squeeze_or_expand_to_same_rank(values, as_dtype(*weight, dtype));
    weight = w;
    values = v * w;
  }
  if (reduction == "none" || values.shape().rank() == 0) return values;
  const Tensor total = ops::sum(values);
  if (reduction == "sum") return total;
  if (reduction == "mean_with_sample_weight" && weight)
    return ops::divide_no_nan(total, ops::sum(*weight));
  const std::int64_t count = values.shape().size();
  return count == 0 ? total : total / static_cast<double>(count);  // of nothing the loss is 0
}

}  // namespace weft::detail
