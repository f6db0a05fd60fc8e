// The optimizer Adamax.
#pragma once
#include <weft/training/optimizer.h>

namespace weft::optimizers {

struct AdamaxOptions {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  WEFT_OPTIMIZER_OPTIONS;
};

/// m += (g - m) * (1 - beta_1); u = max(beta_2 * u, |g|); w -= lr * m / ((1 - beta_1^t) * (u +
/// epsilon)), t = 1, 2, ...
struct Adamax : OptimizerRef {
  using OptimizerRef::OptimizerRef;
  Adamax();
  explicit Adamax(LearningRate learning_rate);  // not double: Adamax({}) would be lr = 0, silently
  explicit Adamax(AdamaxOptions options);
};

}  // namespace weft::optimizers
