// The loss MeanSquaredError.
#pragma once
#include <weft/training/loss.h>

namespace weft::losses {

/// mean over the last axis of (y_true - y_pred)^2. y_true, y_pred `[N, ..., C]` -> `[N, ...]`.
Tensor mean_squared_error(const Tensor& y_true, const Tensor& y_pred);

/// The loss of that function, identifier "mean_squared_error", "mse".
struct MeanSquaredError : LossRef {
  using LossRef::LossRef;
  MeanSquaredError(Options options = {});
};

}  // namespace weft::losses
