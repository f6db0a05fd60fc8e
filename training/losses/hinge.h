// The loss Hinge.
#pragma once
#include <weft/training/loss.h>

namespace weft::losses {

/// mean over the last axis of max(1 - y_true * y_pred, 0); labels that are all 0 or 1 become -1 or
/// 1 first. y_true, y_pred `[N, ..., C]` -> `[N, ...]`.
Tensor hinge(const Tensor& y_true, const Tensor& y_pred);

/// The loss of that function, identifier "hinge".
struct Hinge : LossRef {
  using LossRef::LossRef;
  Hinge(Options options = {});
};

}  // namespace weft::losses
