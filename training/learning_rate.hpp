// What is behind LearningRate.
#pragma once
#include <weft/training/schedule.h>

#include "core/access.hpp"

namespace weft::detail {

struct LearningRateState {
  double value = 0;
  Ref<Schedule> schedule;  ///< null: `value` it is
};

inline const LearningRateState& state_of_rate(const LearningRate& rate) {
  return *state_of<LearningRateState>(rate);
}

}  // namespace weft::detail
