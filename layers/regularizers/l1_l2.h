// regularizers::L1L2.
#pragma once
#include <weft/layers/regularizer.h>

namespace weft::regularizers {

struct L1L2Options {
  double l1 = 0, l2 = 0;
};

/// l1 times the sum of |x| plus l2 times the sum of x squared. Throws Error when a factor is
/// negative or not finite. Identifiers: "l1_l2" (both zero), "L1L2".
struct L1L2 : Ref<Regularizer> {
  explicit L1L2(L1L2Options options = {});
};

}  // namespace weft::regularizers
