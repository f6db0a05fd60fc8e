#include <fmt/format.h>
#include <weft/training/schedules/exponential_decay.h>

#include "training/builtin_schedule.hpp"

namespace weft {
namespace schedules {
namespace {

class ExponentialDecaySchedule final : public detail::BuiltinSchedule {
 public:
  ExponentialDecaySchedule(double initial_learning_rate, double decay_steps, double decay_rate,
                           ExponentialDecayOptions o)
      : BuiltinSchedule("ExponentialDecay"),
        initial_learning_rate_(initial_learning_rate),
        decay_steps_(decay_steps),
        decay_rate_(decay_rate),
        o_(std::move(o)) {
    detail::check_decay_steps("ExponentialDecay", decay_steps);
  }
  Tensor operator()(const Tensor& step) override {
    Tensor p = step.astype(floatx()) / decay_steps_;
    if (o_.staircase) p = ops::floor(p);
    return initial_learning_rate_ * ops::power(decay_rate_, p);
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
  ExponentialDecayOptions o_;
};

}  // namespace

ExponentialDecay::ExponentialDecay(double initial_learning_rate, double decay_steps,
                                   double decay_rate, ExponentialDecayOptions options)
    : Ref(std::make_shared<ExponentialDecaySchedule>(initial_learning_rate, decay_steps, decay_rate,
                                                     std::move(options))) {}

}  // namespace schedules

namespace registration {
void schedule_exponential_decay() {
  detail::registry<Schedule>().add("ExponentialDecay", [](const Config& c) -> Ref<Schedule> {
    schedules::ExponentialDecayOptions o;
    o.staircase = c.get<bool>("staircase", o.staircase);
    o.name = c.get<std::string>("name", o.name);
    return schedules::ExponentialDecay(c.get<double>("initial_learning_rate"),
                                       c.get<double>("decay_steps"), c.get<double>("decay_rate"),
                                       o);
  });
}
}  // namespace registration
}  // namespace weft
