// The optimizer Adadelta.
#pragma once
#include <weft/training/optimizer.h>

namespace weft::optimizers {

struct AdadeltaOptions {
  LearningRate learning_rate = 0.001;
  double rho = 0.95;
  double epsilon = 1e-7;
  WEFT_OPTIMIZER_OPTIONS;
};

/// A = rho * A + (1 - rho) * g^2; d = -sqrt(D + epsilon) * g / sqrt(A + epsilon); D = rho * D + (1
/// - rho) * d^2; w += lr * d.
struct Adadelta : OptimizerRef {
  using OptimizerRef::OptimizerRef;
  Adadelta();
  explicit Adadelta(
      LearningRate learning_rate);  // not double: Adadelta({}) would be lr = 0, silently
  explicit Adadelta(AdadeltaOptions options);
};

}  // namespace weft::optimizers
