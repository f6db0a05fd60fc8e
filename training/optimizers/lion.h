// The optimizer Lion.
#pragma once
#include <weft/training/optimizer.h>

namespace weft::optimizers {

struct LionOptions {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;  ///< in (0, 1]
  double beta_2 = 0.99;
  WEFT_OPTIMIZER_OPTIONS;
};

/// w -= lr * sign(beta_1 * m + (1 - beta_1) * g); m = beta_2 * m + (1 - beta_2) * g. Throws Error
/// when beta_1 is not in (0, 1].
struct Lion : OptimizerRef {
  using OptimizerRef::OptimizerRef;
  Lion();
  explicit Lion(LearningRate learning_rate);  // not double: Lion({}) would be lr = 0, silently
  explicit Lion(LionOptions options);
};

}  // namespace weft::optimizers
