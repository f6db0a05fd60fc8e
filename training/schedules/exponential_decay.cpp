#include <weft/training/schedules/exponential_decay.h>

#include "training/decay_schedule.hpp"

namespace weft {
namespace schedules {

ExponentialDecay::ExponentialDecay(double initial_learning_rate, double decay_steps,
                                   double decay_rate, ExponentialDecayOptions options)
    : Ref(std::make_shared<detail::DecaySchedule>(
          "ExponentialDecay",
          detail::DecaySchedule::Arguments{initial_learning_rate, decay_steps, decay_rate},
          options.staircase, std::move(options.name),
          [](const detail::DecaySchedule::Arguments& a, const Tensor& p) {
            return Tensor(a.initial_learning_rate * ops::power(a.decay_rate, p));
          })) {}

}  // namespace schedules

namespace registration {
void schedule_exponential_decay() {
  detail::register_decay<schedules::ExponentialDecay, schedules::ExponentialDecayOptions>(
      "ExponentialDecay");
}
}  // namespace registration
}  // namespace weft
