#include <weft/training/schedules/inverse_time_decay.h>

#include "training/decay_schedule.hpp"

namespace weft {
namespace schedules {

InverseTimeDecay::InverseTimeDecay(double initial_learning_rate, double decay_steps,
                                   double decay_rate, InverseTimeDecayOptions options)
    : Ref(std::make_shared<detail::DecaySchedule>(
          "InverseTimeDecay",
          detail::DecaySchedule::Arguments{initial_learning_rate, decay_steps, decay_rate},
          options.staircase, std::move(options.name),
          [](const detail::DecaySchedule::Arguments& a, const Tensor& p) {
            return Tensor(a.initial_learning_rate / (1.0 + a.decay_rate * p));
          })) {}

}  // namespace schedules

namespace registration {
void schedule_inverse_time_decay() {
  detail::register_decay<schedules::InverseTimeDecay, schedules::InverseTimeDecayOptions>(
      "InverseTimeDecay");
}
}  // namespace registration
}  // namespace weft
