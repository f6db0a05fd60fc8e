// Elements that are moved, not computed with: one or several at once, of 1, 2, 4, 8 or 16 bytes.
#pragma once
#include <cstddef>
#include <cstdint>

#include "backends/cuda/vector.hpp"
#include "backends/dispatch.hpp"

namespace weft::cuda {

using SixteenBytes = Vector<std::uint32_t, 4>;
inline constexpr std::size_t most_unit_bytes = sizeof(SixteenBytes);

/// Calls f(kernels::Type<T>{}) for the unit of so many bytes.
template <class F>
void with_unit(std::size_t bytes, F&& f) {
  switch (bytes) {
    case 1:
      return f(kernels::Type<std::uint8_t>{});
    case 2:
      return f(kernels::Type<std::uint16_t>{});
    case 4:
      return f(kernels::Type<std::uint32_t>{});
    case 8:
      return f(kernels::Type<std::uint64_t>{});
    default:
      return f(kernels::Type<SixteenBytes>{});
  }
}

/// The largest unit that lies at an address: all of those of the arena are good for every unit.
inline std::size_t unit_at(const void* p) {
  std::size_t bytes = most_unit_bytes;
  while (reinterpret_cast<std::uintptr_t>(p) % bytes != 0) bytes /= 2;
  return bytes;
}

}  // namespace weft::cuda
