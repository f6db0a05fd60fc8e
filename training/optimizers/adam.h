// The optimizer Adam.
#pragma once
#include <weft/training/optimizer.h>

namespace weft::optimizers {

struct AdamOptions {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;    ///< decay of the mean of gradients
  double beta_2 = 0.999;  ///< decay of the mean of squared gradients
  double epsilon = 1e-7;
  bool amsgrad = false;  ///< divide by the largest v so far
  WEFT_OPTIMIZER_OPTIONS;
};

/// m += (g - m) * (1 - beta_1); v += (g^2 - v) * (1 - beta_2); w -= alpha * m / (sqrt(v) +
/// epsilon), with alpha = lr * sqrt(1 - beta_2^t) / (1 - beta_1^t), t = 1, 2, ... (Kingma & Ba,
/// 2014, the form before section 2.1).
struct Adam : OptimizerRef {
  using OptimizerRef::OptimizerRef;
  Adam();
  explicit Adam(LearningRate learning_rate);  // not double: Adam({}) would be lr = 0, silently
  explicit Adam(AdamOptions options);
};

}  // namespace weft::optimizers
