#include <fmt/core.h>
#include <weft/training/schedules/cosine_decay.h>

#include <numbers>

#include "training/builtin_schedule.hpp"

namespace weft {
namespace schedules {
namespace {

class CosineDecaySchedule final : public detail::BuiltinSchedule {
 public:
  CosineDecaySchedule(double initial_learning_rate, double decay_steps, CosineDecayOptions o)
      : BuiltinSchedule("CosineDecay"),
        initial_learning_rate_(initial_learning_rate),
        decay_steps_(decay_steps),
        o_(std::move(o)) {
    detail::check_decay_steps("CosineDecay", decay_steps);
  }
  Tensor operator()(const Tensor& step) override {
    const Tensor now = step.astype(floatx());
    if (!o_.warmup_target) return decayed(ops::minimum(now, decay_steps_), initial_learning_rate_);
    const Tensor limited = ops::minimum(now, decay_steps_ + o_.warmup_steps);
    const double rise = *o_.warmup_target - initial_learning_rate_;
    const Tensor warming = rise * (limited / o_.warmup_steps) + initial_learning_rate_;
    return ops::where(limited < o_.warmup_steps, warming,
                      decayed(limited - o_.warmup_steps, *o_.warmup_target));
  }
  Config get_config() const override {
    return {{"initial_learning_rate", initial_learning_rate_},
            {"decay_steps", decay_steps_},
            {"alpha", o_.alpha},
            {"name", o_.name},
            {"warmup_target", o_.warmup_target},
            {"warmup_steps", o_.warmup_steps}};
  }

 private:
  Tensor decayed(const Tensor& step, double from) const {
    const Tensor cosine = 0.5 * (1.0 + ops::cos(std::numbers::pi * (step / decay_steps_)));
    return from * ((1.0 - o_.alpha) * cosine + o_.alpha);
  }

  double initial_learning_rate_;
  double decay_steps_;
  CosineDecayOptions o_;
};

}  // namespace

CosineDecay::CosineDecay(double initial_learning_rate, double decay_steps,
                         CosineDecayOptions options)
    : Ref(std::make_shared<CosineDecaySchedule>(initial_learning_rate, decay_steps,
                                                std::move(options))) {}

}  // namespace schedules

namespace registration {
void schedule_cosine_decay() {
  detail::registry<Schedule>().add("CosineDecay", [](const Config& c) -> Ref<Schedule> {
    schedules::CosineDecayOptions o;
    o.alpha = c.get<double>("alpha", o.alpha);
    o.name = c.get<std::string>("name", o.name);
    o.warmup_target = c.get<std::optional<double>>("warmup_target", o.warmup_target);
    o.warmup_steps = c.get<double>("warmup_steps", o.warmup_steps);
    return schedules::CosineDecay(c.get<double>("initial_learning_rate"),
                                  c.get<double>("decay_steps"), o);
  });
}
}  // namespace registration
}  // namespace weft
