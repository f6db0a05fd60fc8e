// The learning-rate schedule CosineDecay.
#pragma once
#include <weft/training/schedule.h>

namespace weft::schedules {

struct CosineDecayOptions {
  double alpha = 0;  ///< the end, as a part of the learning rate
  std::string name = "CosineDecay";
  std::optional<double> warmup_target = {};  ///< first rise linearly to this rate
  double warmup_steps = 0;                   ///< in so many steps
};

/// lr * ((1 - alpha) * 0.5 * (1 + cos(pi * min(step, decay_steps) / decay_steps)) + alpha), after a
/// linear warm-up if one is asked for. Throws Error unless decay_steps > 0.
struct CosineDecay : Ref<Schedule> {
  using Ref::Ref;
  CosineDecay(double initial_learning_rate, double decay_steps, CosineDecayOptions options = {});
};

}  // namespace weft::schedules
