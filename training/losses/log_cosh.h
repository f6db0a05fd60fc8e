// The loss LogCosh.
#pragma once
#include <weft/training/loss.h>

namespace weft::losses {

/// mean over the last axis of log(cosh(y_pred - y_true)), computed as d + softplus(-2 d) - log(2),
/// which does not overflow. y_true, y_pred `[N, ..., C]` -> `[N, ...]`.
Tensor log_cosh(const Tensor& y_true, const Tensor& y_pred);

/// The loss of that function, identifier "log_cosh".
struct LogCosh : LossRef {
  using LossRef::LossRef;
  LogCosh(Options options = {});
};

}  // namespace weft::losses
