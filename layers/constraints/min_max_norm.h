// constraints::MinMaxNorm.
#pragma once
#include <weft/layers/constraint.h>

namespace weft::constraints {

struct MinMaxNormOptions {
  double min_value = 0, max_value = 1;
  double rate = 1;  ///< how much of the way to the bounds one step goes: 1 enforces them
  std::vector<int> axis = {0};  ///< norms are taken along these
};

/// w * d / (epsilon + n) with d = rate * clip(n, min_value, max_value) + (1 - rate) * n, n being
/// the norms along `axis`. Identifiers: "min_max_norm", "MinMaxNorm".
struct MinMaxNorm : Ref<Constraint> {
  explicit MinMaxNorm(MinMaxNormOptions options = {});
};

}  // namespace weft::constraints
