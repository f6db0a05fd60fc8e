// The optimizer RMSprop.
#pragma once
#include <weft/training/optimizer.h>

namespace weft::optimizers {

struct RMSpropOptions {
  LearningRate learning_rate = 0.001;
  double rho = 0.9;  ///< decay of the mean of squared gradients
  double momentum = 0;
  double epsilon = 1e-7;
  bool centered = false;  ///< divide by the variance, not by the mean square
  WEFT_OPTIMIZER_OPTIONS;
};

/// v = rho * v + (1 - rho) * g^2; w -= lr * g / sqrt(v + epsilon). Centered: a = rho * a + (1 -
/// rho) * g, and v - a^2 in place of v under the root. With momentum: m = momentum * m + (what is
/// subtracted above), w -= m.
// RMSprop({1e-3}) stays ambiguous: LearningRate, the options and the copy constructor all take it,
// and what would decide it (an array or initializer_list parameter) makes g++ 12 refuse {.rho =
// 0.8}. So for the other optimizers.
struct RMSprop : OptimizerRef {
  using OptimizerRef::OptimizerRef;
  RMSprop();
  explicit RMSprop(
      LearningRate learning_rate);  // not double: RMSprop({}) would be lr = 0, silently
  explicit RMSprop(RMSpropOptions options);
};

}  // namespace weft::optimizers
