#include <weft/core/error.h>
#include <weft/training/schedule.h>

#include "training/learning_rate.hpp"
#include "training/registries.hpp"

namespace weft {

Schedule::~Schedule() = default;

LearningRate::LearningRate(double value) {
  state = std::make_shared<detail::LearningRateState>(detail::LearningRateState{value, {}});
}

LearningRate::LearningRate(const Ref<Schedule>& schedule) {
  if (!schedule)
    throw Error("The learning rate is a null schedule. Expected: a number or a schedule.");
  state = std::make_shared<detail::LearningRateState>(detail::LearningRateState{0, schedule});
}

namespace schedules {

Ref<Schedule> deserialize(const ConfigValue& config) {
  return detail::deserialize<Schedule>(config, "learning rate schedule");
}

}  // namespace schedules
}  // namespace weft
