#include "training/builtin_optimizer.hpp"

namespace weft::detail {

LearningRate learning_rate_of(const ConfigValue& value) {
  if (kind(value) == ConfigKind::dict) return schedules::deserialize(value);
  return value.get<double>();
}

}  // namespace weft::detail
