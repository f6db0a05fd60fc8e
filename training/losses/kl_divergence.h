// The loss KLDivergence.
#pragma once
#include <weft/training/loss.h>

namespace weft::losses {

/// sum over the last axis of y_true * log(y_true / y_pred), both clipped to [epsilon(), 1]. y_true,
/// y_pred `[N,
/// ..., C]` -> `[N, ...]`.
Tensor kl_divergence(const Tensor& y_true, const Tensor& y_pred);

/// The loss of that function, identifier "kl_divergence", "kld".
struct KLDivergence : LossRef {
  using LossRef::LossRef;
  KLDivergence(Options options = {});
};

}  // namespace weft::losses
