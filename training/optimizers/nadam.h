// The optimizer Nadam.
#pragma once
#include <weft/training/optimizer.h>

namespace weft::optimizers {

struct NadamOptions {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  WEFT_OPTIMIZER_OPTIONS;
};

/// Adam with Nesterov's momentum (Dozat, 2016): with mu_t = beta_1 * (1 - 0.5 * 0.96^t) and P the
/// product of mu_1 .. mu_t, m^ = mu_(t+1) * m / (1 - P * mu_(t+1)) + (1 - mu_t) * g / (1 - P); v^ =
/// v / (1 - beta_2^t); w -= lr * m^ / (sqrt(v^) + epsilon).
struct Nadam : OptimizerRef {
  using OptimizerRef::OptimizerRef;
  Nadam();
  explicit Nadam(LearningRate learning_rate);  // not double: Nadam({}) would be lr = 0, silently
  explicit Nadam(NadamOptions options);
};

}  // namespace weft::optimizers
