// The loss MeanAbsoluteError.
#pragma once
#include <weft/training/loss.h>

namespace weft::losses {

/// mean over the last axis of |y_true - y_pred|. y_true, y_pred `[N, ..., C]` -> `[N, ...]`.
Tensor mean_absolute_error(const Tensor& y_true, const Tensor& y_pred);

/// The loss of that function, identifier "mean_absolute_error", "mae".
struct MeanAbsoluteError : LossRef {
  using LossRef::LossRef;
  MeanAbsoluteError(Options options = {});
};

}  // namespace weft::losses
