// The optimizer Adagrad.
#pragma once
#include <weft/training/optimizer.h>

namespace weft::optimizers {

struct AdagradOptions {
  LearningRate learning_rate = 0.001;
  double initial_accumulator_value = 0.1;
  double epsilon = 1e-7;
  WEFT_OPTIMIZER_OPTIONS;
};

/// a += g^2; w -= lr * g / sqrt(a + epsilon).
struct Adagrad : OptimizerRef {
  using OptimizerRef::OptimizerRef;
  Adagrad();
  explicit Adagrad(
      LearningRate learning_rate);  // not double: Adagrad({}) would be lr = 0, silently
  explicit Adagrad(AdagradOptions options);
};

}  // namespace weft::optimizers
