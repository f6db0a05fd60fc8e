// Keras's losses/loss.py: how shapes of labels and predictions are made alike, and how losses are
// weighted and reduced.
#pragma once
#include <weft/core/structures.h>

#include <string>
#include <utility>

namespace weft::detail {

/// When the ranks differ by one and the longer shape ends in 1, one of the two is squeezed or
/// expanded: `[N, 1]` and `[N]` become `[N, 1]` both (`[N]` both with expand_rank_1 = false), `[N,
/// T, 1]` and `[N, T]` become `[N, T]`. Else both stay.
std::pair<Tensor, Tensor> squeeze_or_expand_to_same_rank(const Tensor& a, const Tensor& b,
                                                         bool expand_rank_1 = true);

/// Weights times mask. For the reductions that divide by the number of losses valid places weigh
/// total/valid, so that the mean is over valid places; for the others they weigh 1.
std::optional<Tensor> apply_mask(const std::optional<Tensor>& sample_weight,
                                 const std::optional<Tensor>& mask, DType dtype,
                                 const std::string& reduction);

/// Losses of samples -> what a loss returns.
Tensor reduce_weighted_values(const Tensor& values, const std::optional<Tensor>& sample_weight,
                              const std::optional<Tensor>& mask, const std::string& reduction,
                              DType dtype);

/// Itself when it is of this dtype already.
inline Tensor as_dtype(const Tensor& x, DType dtype) {
  return x.dtype() == dtype ? x : x.astype(dtype);
}

}  // namespace weft::detail
