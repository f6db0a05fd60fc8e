// The learning-rate schedule PiecewiseConstantDecay.
#pragma once
#include <weft/training/schedule.h>

namespace weft::schedules {

struct PiecewiseConstantDecayOptions {
  std::string name = "PiecewiseConstant";
};

/// values[i] while step <= boundaries[i], then the last of values. Throws Error unless there is one
/// value more than boundaries.
struct PiecewiseConstantDecay : Ref<Schedule> {
  using Ref::Ref;
  PiecewiseConstantDecay(const std::vector<double>& boundaries, const std::vector<double>& values,
                         PiecewiseConstantDecayOptions options = {});
};

}  // namespace weft::schedules
