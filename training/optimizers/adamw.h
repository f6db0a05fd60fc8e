// The optimizer AdamW.
#pragma once
#include <weft/training/optimizer.h>

namespace weft::optimizers {

struct AdamWOptions {
  LearningRate learning_rate = 0.001;
  double weight_decay = 0.004;  ///< w -= w * weight_decay * lr
  double beta_1 = 0.9;          ///< decay of the mean of gradients
  double beta_2 = 0.999;        ///< decay of the mean of squared gradients
  double epsilon = 1e-7;
  bool amsgrad = false;  ///< divide by the largest v so far
  WEFT_OPTIMIZER_OPTIONS_AFTER_WEIGHT_DECAY;
};

/// Adam with decoupled weight decay (Loshchilov & Hutter, 2019): w -= w * weight_decay * lr before
/// each update.
struct AdamW : OptimizerRef {
  using OptimizerRef::OptimizerRef;
  AdamW();
  explicit AdamW(LearningRate learning_rate);  // not double: AdamW({}) would be lr = 0, silently
  explicit AdamW(AdamWOptions options);
};

}  // namespace weft::optimizers
