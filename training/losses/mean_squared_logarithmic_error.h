// The loss MeanSquaredLogarithmicError.
#pragma once
#include <weft/training/loss.h>

namespace weft::losses {

/// mean over the last axis of (log(max(y_pred, epsilon()) + 1) - log(max(y_true, epsilon()) +
/// 1))^2. y_true, y_pred
/// `[N, ..., C]` -> `[N, ...]`.
Tensor mean_squared_logarithmic_error(const Tensor& y_true, const Tensor& y_pred);

/// The loss of that function, identifier "mean_squared_logarithmic_error", "msle".
struct MeanSquaredLogarithmicError : LossRef {
  using LossRef::LossRef;
  MeanSquaredLogarithmicError(Options options = {});
};

}  // namespace weft::losses
