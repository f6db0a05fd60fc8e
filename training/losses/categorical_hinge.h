// The loss CategoricalHinge.
#pragma once
#include <weft/training/loss.h>

namespace weft::losses {

/// max(neg - pos + 1, 0) with pos = sum(y_true * y_pred) and neg = max((1 - y_true) * y_pred) over
/// the last axis. y_true, y_pred `[N, ..., C]` -> `[N, ...]`.
Tensor categorical_hinge(const Tensor& y_true, const Tensor& y_pred);

/// The loss of that function, identifier "categorical_hinge".
struct CategoricalHinge : LossRef {
  using LossRef::LossRef;
  CategoricalHinge(Options options = {});
};

}  // namespace weft::losses
