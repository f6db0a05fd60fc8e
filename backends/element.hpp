// Elements in memory and the numbers that kernels compute with, for host and device.
#pragma once
#include <type_traits>

#include "core/functors/half.h"

namespace weft::kernels {

template <class T>
inline constexpr bool is_half = std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>;
template <class T>
inline constexpr bool is_float = std::is_floating_point_v<T> || is_half<T>;

/// What elements of T are computed in: float for the two-byte types, else T itself.
template <class T>
using Compute = std::conditional_t<is_half<T>, float, T>;

template <class T>
WEFT_HD Compute<T> load(T x) {
  if constexpr (is_half<T>)
    return to_float(x);
  else
    return x;
}

template <class T, class C>
WEFT_HD T store(C x) {
  if constexpr (std::is_same_v<T, Float16>)
    return to_float16(static_cast<float>(x));
  else if constexpr (std::is_same_v<T, BFloat16>)
    return to_bfloat16(static_cast<float>(x));
  else
    return static_cast<T>(x);
}

}  // namespace weft::kernels
