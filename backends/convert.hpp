// Numbers of one type as those of another, for host and device.
#pragma once
#include <limits>
#include <type_traits>

#include "backends/element.hpp"

namespace weft::kernels {

/// Floating to integer saturates and NaN becomes 0: in C++ both would be undefined.
template <class To, class From>
WEFT_HD To convert(From x) {
  if constexpr (std::is_same_v<To, bool>) {
    return x != From(0);
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    constexpr From low = static_cast<From>(std::numeric_limits<To>::min());
    // 2^n, which every floating type holds exactly; max itself rounds up to it.
    constexpr To half = std::numeric_limits<To>::max() / 2 + 1;
    constexpr From high = static_cast<From>(half) * From(2);
    if (x != x) return 0;
    if (x < low) return std::numeric_limits<To>::min();
    if (x >= high) return std::numeric_limits<To>::max();
    return static_cast<To>(x);
  } else {
    return static_cast<To>(x);
  }
}

}  // namespace weft::kernels
