// The learning-rate schedule ExponentialDecay.
#pragma once
#include <weft/training/schedule.h>

namespace weft::schedules {

struct ExponentialDecayOptions {
  bool staircase = false;  ///< p is rounded down
  std::string name = "ExponentialDecay";
};

/// initial_learning_rate * decay_rate^p, p = step / decay_steps. Throws Error unless decay_steps >
/// 0.
struct ExponentialDecay : Ref<Schedule> {
  using Ref::Ref;
  ExponentialDecay(double initial_learning_rate, double decay_steps, double decay_rate,
                   ExponentialDecayOptions options = {});
};

}  // namespace weft::schedules
