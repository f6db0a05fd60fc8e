#include "training/decay_schedule.hpp"

namespace weft::detail {

DecaySchedule::DecaySchedule(const char* keras_class, Arguments arguments, bool staircase,
                             std::string name, Formula formula)
    : BuiltinSchedule(keras_class),
      a_(arguments),
      staircase_(staircase),
      name_(std::move(name)),
      formula_(formula) {
  check_decay_steps(keras_class, a_.decay_steps);
}

Tensor DecaySchedule::operator()(const Tensor& step) {
  Tensor p = step.astype(floatx()) / a_.decay_steps;
  if (staircase_) p = ops::floor(p);
  return formula_(a_, p);
}

Config DecaySchedule::get_config() const {
  return {{"initial_learning_rate", a_.initial_learning_rate},
          {"decay_steps", a_.decay_steps},
          {"decay_rate", a_.decay_rate},
          {"staircase", staircase_},
          {"name", name_}};
}

}  // namespace weft::detail
