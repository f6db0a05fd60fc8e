// Division of numbers that rounds down, and its remainder, for host and device.
#pragma once
#include <weft/core/functors/math.h>

namespace weft::math {

/// a / b rounded down. Floating: NumPy's npy_divmod, which agrees with mod; integers: 0 where b is
/// 0.
template <class T>
WEFT_HD T floor_divide(T a, T b) {
  if constexpr (is_floating<T>) {
    const T m = fmod(a, b);
    if (b == T(0)) return a / b;
    const T d = (a - m) / b - (m != T(0) && (b < T(0)) != (m < T(0)) ? T(1) : T(0));
    const T f = floor(d);
    return d == T(0) ? copysign(T(0), a / b) : (d - f > T(0.5) ? f + T(1) : f);
  } else {
    if (b == T(0)) return T(0);
    if (b < T(0) && b == static_cast<T>(-1))
      return subtract(T(0), a);  // the lowest number / -1 would trap
    const T q = static_cast<T>(a / b);
    return static_cast<T>(
        q - (static_cast<T>(a % b) != T(0) && (a < T(0)) != (b < T(0)) ? T(1) : T(0)));
  }
}

/// a - b floor(a / b), with the sign of b; 0 for an integer b of 0.
template <class T>
WEFT_HD T mod(T a, T b) {
  if constexpr (is_floating<T>) {
    const T m = fmod(a, b);
    const T shifted = (b < T(0)) != (m < T(0)) ? m + b : m;
    return m == T(0) ? copysign(T(0), b) : shifted;
  } else {
    if (b == T(0)) return T(0);
    if (b < T(0) && b == static_cast<T>(-1)) return T(0);
    const T m = static_cast<T>(a % b);
    return m != T(0) && (b < T(0)) != (m < T(0)) ? static_cast<T>(m + b) : m;
  }
}

}  // namespace weft::math
