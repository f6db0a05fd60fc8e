// constraints::UnitNorm.
#pragma once
#include <weft/layers/constraint.h>

namespace weft::constraints {

struct UnitNormOptions {
  std::vector<int> axis = {0};  ///< norms are taken along these
};

/// w / (epsilon + n), n being the norms along `axis`. Identifiers: "unit_norm", "UnitNorm".
struct UnitNorm : Ref<Constraint> {
  explicit UnitNorm(UnitNormOptions options = {});
};

}  // namespace weft::constraints
