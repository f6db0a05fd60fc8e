// Checks that the regularizers share.
#pragma once
#include <fmt/core.h>
#include <weft/core/error.h>

#include <cmath>

namespace weft::detail {

/// `value`, unless it is negative or not finite: then throws Error in Keras's words.
inline double checked_factor(double value, const char* name) {
  if (std::isfinite(value) && value >= 0) return value;
  throw Error(
      fmt::format("Invalid value for argument {}: expected a non-negative float. Received: {}={}",
                  name, name, value));
}

}  // namespace weft::detail
