#include <fmt/format.h>
#include <weft/training/schedules/inverse_time_decay.h>

#include "training/builtin_schedule.hpp"

namespace weft {
namespace schedules {
namespace {

class InverseTimeDecaySchedule final : public detail::BuiltinSchedule {
 public:
  InverseTimeDecaySchedule(double initial_learning_rate, double decay_steps, double decay_rate,
                           InverseTimeDecayOptions o)
      : BuiltinSchedule("InverseTimeDecay"),
        initial_learning_rate_(initial_learning_rate),
        decay_steps_(decay_steps),
        decay_rate_(decay_rate),
        o_(std::move(o)) {
    detail::check_decay_steps("InverseTimeDecay", decay_steps);
  }
  Tensor operator()(const Tensor& step) override {
    Tensor p = step.astype(floatx()) / decay_steps_;
    if (o_.staircase) p = ops::floor(p);
    return initial_learning_rate_ / (1.0 + decay_rate_ * p);
  }
  Config get_config() const override {
    return {{"initial_learning_rate", initial_learning_rate_},
            {"decay_steps", decay_steps_},
            {"decay_rate", decay_rate_},
            {"staircase", o_.staircase},
            {"name", o_.name}};
  }

 private:
  double initial_learning_rate_;
  double decay_steps_;
  double decay_rate_;
  InverseTimeDecayOptions o_;
};

}  // namespace

InverseTimeDecay::InverseTimeDecay(double initial_learning_rate, double decay_steps,
                                   double decay_rate, InverseTimeDecayOptions options)
    : Ref(std::make_shared<InverseTimeDecaySchedule>(initial_learning_rate, decay_steps, decay_rate,
                                                     std::move(options))) {}

}  // namespace schedules

namespace registration {
void schedule_inverse_time_decay() {
  detail::registry<Schedule>().add("InverseTimeDecay", [](const Config& c) -> Ref<Schedule> {
    schedules::InverseTimeDecayOptions o;
    o.staircase = c.get<bool>("staircase", o.staircase);
    o.name = c.get<std::string>("name", o.name);
    return schedules::InverseTimeDecay(c.get<double>("initial_learning_rate"),
                                       c.get<double>("decay_steps"), c.get<double>("decay_rate"),
                                       o);
  });
}
}  // namespace registration
}  // namespace weft
