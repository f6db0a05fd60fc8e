// One step of an optimizer over n elements, float32, in one pass over memory. Every array may be
// the memory of the one of the same meaning among the results. Each operation is rounded as the ops
// of core/ops/pointwise would: the results are theirs to the bit.
#pragma once
#include "backends/cpu/isa.hpp"
#include "backends/cpu/simd/block.hpp"

namespace weft::cpu {

struct SgdNumbers {
  float rate, momentum;
  bool nesterov;
};
struct RmspropNumbers {
  float rate, rho, one_minus_rho, epsilon, momentum;
};
struct AdamNumbers {
  float alpha, one_minus_beta_1, one_minus_beta_2, epsilon;
};

/// What is read and written; the pointers that an optimizer does not use are null.
struct OptimizerArrays {
  const float *w, *g, *a, *b, *c;  ///< variable, gradient, slots
  float *to_w, *to_a, *to_b, *to_c;
};

struct OptimizerLoops {
  void (*sgd)(const SgdNumbers&, const OptimizerArrays&, Index n);
  void (*sgd_momentum)(const SgdNumbers&, const OptimizerArrays&, Index n);
  /// Slots: velocity; momentum; average gradient. By momentum + 2 * centered.
  void (*rmsprop[4])(const RmspropNumbers&, const OptimizerArrays&, Index n);
  /// Slots: momentum, velocity, velocity_hat. By amsgrad.
  void (*adam[2])(const AdamNumbers&, const OptimizerArrays&, Index n);
};

namespace v2 {
extern const OptimizerLoops optimizer_loops;
}
namespace v3 {
extern const OptimizerLoops optimizer_loops;
}
namespace v4 {
extern const OptimizerLoops optimizer_loops;
}

inline const OptimizerLoops& optimizer_loops() {
  return choose(v2::optimizer_loops, v3::optimizer_loops, v4::optimizer_loops);
}

}  // namespace weft::cpu
