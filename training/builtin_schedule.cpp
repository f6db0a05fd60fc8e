#include "training/builtin_schedule.hpp"

#include <fmt/core.h>

namespace weft::detail {

void check_decay_steps(const char* schedule, double decay_steps) {
  if (decay_steps > 0) return;
  throw Error(fmt::format("{}: argument `decay_steps` must be > 0. Received: decay_steps={}",
                          schedule, python_repr(decay_steps)));
}

}  // namespace weft::detail
