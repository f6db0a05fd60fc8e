// The learning-rate schedule InverseTimeDecay.
#pragma once
#include <weft/training/schedule.h>

namespace weft::schedules {

struct InverseTimeDecayOptions {
  bool staircase = false;  ///< p is rounded down
  std::string name = "InverseTimeDecay";
};

/// initial_learning_rate / (1 + decay_rate * p), p = step / decay_steps. Throws Error unless
/// decay_steps > 0.
struct InverseTimeDecay : Ref<Schedule> {
  using Ref::Ref;
  InverseTimeDecay(double initial_learning_rate, double decay_steps, double decay_rate,
                   InverseTimeDecayOptions options = {});
};

}  // namespace weft::schedules
