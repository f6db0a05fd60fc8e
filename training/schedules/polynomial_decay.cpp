#include <fmt/core.h>
#include <weft/training/schedules/polynomial_decay.h>

#include "training/builtin_schedule.hpp"

namespace weft {
namespace schedules {
namespace {

class PolynomialDecaySchedule final : public detail::BuiltinSchedule {
 public:
  PolynomialDecaySchedule(double initial_learning_rate, double decay_steps,
                          PolynomialDecayOptions o)
      : BuiltinSchedule("PolynomialDecay"),
        initial_learning_rate_(initial_learning_rate),
        decay_steps_(decay_steps),
        o_(std::move(o)) {
    detail::check_decay_steps("PolynomialDecay", decay_steps);
  }
  Tensor operator()(const Tensor& step) override {
    const Tensor now = step.astype(floatx());
    Tensor p;
    if (o_.cycle) {
      const Tensor cycles = ops::where(ops::equal(now, 0.0), 1.0, ops::ceil(now / decay_steps_));
      p = now / (cycles * decay_steps_);
    } else {
      p = ops::minimum(now, decay_steps_) / decay_steps_;
    }
    return (initial_learning_rate_ - o_.end_learning_rate) * ops::power(1.0 - p, o_.power) +
           o_.end_learning_rate;
  }
  Config get_config() const override {
    return {{"initial_learning_rate", initial_learning_rate_},
            {"decay_steps", decay_steps_},
            {"end_learning_rate", o_.end_learning_rate},
            {"power", o_.power},
            {"cycle", o_.cycle},
            {"name", o_.name}};
  }

 private:
  double initial_learning_rate_;
  double decay_steps_;
  PolynomialDecayOptions o_;
};

}  // namespace

PolynomialDecay::PolynomialDecay(double initial_learning_rate, double decay_steps,
                                 PolynomialDecayOptions options)
    : Ref(std::make_shared<PolynomialDecaySchedule>(initial_learning_rate, decay_steps,
                                                    std::move(options))) {}

}  // namespace schedules

namespace registration {
void schedule_polynomial_decay() {
  detail::registry<Schedule>().add("PolynomialDecay", [](const Config& c) -> Ref<Schedule> {
    schedules::PolynomialDecayOptions o;
    o.end_learning_rate = c.get<double>("end_learning_rate", o.end_learning_rate);
    o.power = c.get<double>("power", o.power);
    o.cycle = c.get<bool>("cycle", o.cycle);
    o.name = c.get<std::string>("name", o.name);
    return schedules::PolynomialDecay(c.get<double>("initial_learning_rate"),
                                      c.get<double>("decay_steps"), o);
  });
}
}  // namespace registration
}  // namespace weft
