// What every kernel of products and convolutions of float32 asks before it accepts.
#pragma once
#include <weft/core/dtype.h>

#include <string>

namespace weft::cpu {

/// set_float32_matmul_precision("medium") allows products in bfloat16, and no kernel here makes
/// them: says so in the log, once, where it is set.
void say_that_products_stay_float32();

/// only_float32 for such a kernel, which is prepared for a product that stays in float32.
inline bool only_float32_products(DType dtype, std::string& why_not) {
  if (dtype == DType::float32) {
    say_that_products_stay_float32();
    return true;
  }
  why_not = "only float32";
  return false;
}

}  // namespace weft::cpu
