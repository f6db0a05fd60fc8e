// regularizers::L2.
#pragma once
#include <weft/layers/regularizer.h>

namespace weft::regularizers {

/// l2 times the sum of x squared (no half). Throws Error when l2 is negative or not finite.
/// Identifiers: "l2", "L2".
struct L2 : Ref<Regularizer> {
  explicit L2(double l2 = 0.01);
};

}  // namespace weft::regularizers
