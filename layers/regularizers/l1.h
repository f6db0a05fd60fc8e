// regularizers::L1.
#pragma once
#include <weft/layers/regularizer.h>

namespace weft::regularizers {

/// l1 times the sum of |x|. Throws Error when l1 is negative or not finite. Identifiers: "l1",
/// "L1".
struct L1 : Ref<Regularizer> {
  explicit L1(double l1 = 0.01);
};

}  // namespace weft::regularizers
