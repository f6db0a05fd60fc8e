// constraints::MaxNorm.
#pragma once
#include <weft/layers/constraint.h>

namespace weft::constraints {

struct MaxNormOptions {
  double max_value = 2;
  std::vector<int> axis = {0};  ///< norms are taken along these; {0} for Dense's kernel [in,
                                ///< units], {0, 1, 2} for Conv2D's
};

/// Scales what is longer than max_value: w * clip(n, 0, max_value) / (epsilon + n), n being the
/// norms along `axis`. Identifiers: "max_norm", "MaxNorm".
struct MaxNorm : Ref<Constraint> {
  explicit MaxNorm(MaxNormOptions options = {});
};

}  // namespace weft::constraints
