// The loss Poisson.
#pragma once
#include <weft/training/loss.h>

namespace weft::losses {

/// mean over the last axis of y_pred - y_true * log(y_pred + epsilon()). y_true, y_pred `[N, ...,
/// C]` -> `[N,
/// ...]`.
Tensor poisson(const Tensor& y_true, const Tensor& y_pred);

/// The loss of that function, identifier "poisson".
struct Poisson : LossRef {
  using LossRef::LossRef;
  Poisson(Options options = {});
};

}  // namespace weft::losses
