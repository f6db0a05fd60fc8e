// The learning-rate schedule PolynomialDecay.
#pragma once
#include <weft/training/schedule.h>

namespace weft::schedules {

struct PolynomialDecayOptions {
  double end_learning_rate = 0.0001;
  double power = 1.0;
  bool cycle = false;  ///< start again, with longer and longer decay_steps
  std::string name = "PolynomialDecay";
};

/// (initial_learning_rate - end_learning_rate) * (1 - min(step, decay_steps) / decay_steps)^power +
/// end_learning_rate. With cycle decay_steps is multiplied by ceil(step / decay_steps). Throws
/// Error unless decay_steps > 0.
struct PolynomialDecay : Ref<Schedule> {
  using Ref::Ref;
  PolynomialDecay(double initial_learning_rate, double decay_steps,
                  PolynomialDecayOptions options = {});
};

}  // namespace weft::schedules
