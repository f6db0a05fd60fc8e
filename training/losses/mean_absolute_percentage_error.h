// The loss MeanAbsolutePercentageError.
#pragma once
#include <weft/training/loss.h>

namespace weft::losses {

/// 100 * mean over the last axis of |y_true - y_pred| / max(|y_true|, epsilon()). y_true, y_pred
/// `[N, ..., C]` ->
/// `[N, ...]`.
Tensor mean_absolute_percentage_error(const Tensor& y_true, const Tensor& y_pred);

/// The loss of that function, identifier "mean_absolute_percentage_error", "mape".
struct MeanAbsolutePercentageError : LossRef {
  using LossRef::LossRef;
  MeanAbsolutePercentageError(Options options = {});
};

}  // namespace weft::losses
