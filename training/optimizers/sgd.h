// The optimizer SGD.
#pragma once
#include <weft/training/optimizer.h>

namespace weft::optimizers {

struct SGDOptions {
  LearningRate learning_rate = 0.01;
  double momentum = 0;  ///< in [0, 1]
  bool nesterov = false;
  WEFT_OPTIMIZER_OPTIONS;
};

/// Gradient descent: w -= lr * g; with momentum m = momentum * m - lr * g, w += m (nesterov: w +=
/// momentum * m - lr * g). Throws Error when momentum is not in [0, 1].
struct SGD : OptimizerRef {
  using OptimizerRef::OptimizerRef;
  SGD();
  explicit SGD(LearningRate learning_rate);  // not double: SGD({}) would be lr = 0, silently
  explicit SGD(SGDOptions options);
};

}  // namespace weft::optimizers
