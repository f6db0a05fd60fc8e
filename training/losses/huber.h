// The loss Huber.
#pragma once
#include <weft/training/loss.h>

namespace weft::losses {

/// mean over the last axis of 0.5 e^2 where |e| <= delta, else delta |e| - 0.5 delta^2, with e =
/// y_pred - y_true. y_true, y_pred `[N, ..., C]` -> `[N, ...]`.
Tensor huber(const Tensor& y_true, const Tensor& y_pred, double delta = 1.0);

struct HuberOptions {
  double delta = 1.0;  ///< where the loss turns from quadratic to linear
  std::string reduction = "sum_over_batch_size";
  std::string name = {};  ///< empty: "huber_loss"
  DType dtype = {};
};

/// The loss of that function, identifier "huber".
struct Huber : LossRef {
  using LossRef::LossRef;
  Huber(HuberOptions options = {});
};

}  // namespace weft::losses
