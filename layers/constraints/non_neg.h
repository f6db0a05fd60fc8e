// constraints::NonNeg.
#pragma once
#include <weft/layers/constraint.h>

namespace weft::constraints {

/// max(w, 0). Identifiers: "non_neg", "NonNeg".
struct NonNeg : Ref<Constraint> {
  NonNeg();
};

}  // namespace weft::constraints
