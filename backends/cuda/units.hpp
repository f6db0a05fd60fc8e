// Elements that are moved, not computed with: one or several at once, of 1, 2, 4, 8 or 16 bytes.
#pragma once
#include <cstddef>
#include <cstdint>

#include "backends/cuda/index.hpp"
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

/// Division of indices of any size; below 2^31 it is quick.
class IndexDivisor {
 public:
  IndexDivisor() = default;
  explicit IndexDivisor(std::int64_t d) : size_(d) {
    if (d > 0 && d < limit) quick_ = Divisor(static_cast<std::uint32_t>(d));
  }
  /// n / d and n % d, n not negative.
  WEFT_HD std::int64_t divide(std::int64_t n, std::int64_t& rest) const {
    if (n < limit && size_ < limit) {
      std::uint32_t r = 0;
      const std::uint32_t quotient = quick_.divide(static_cast<std::uint32_t>(n), r);
      rest = r;
      return quotient;
    }
    const std::int64_t quotient = n / size_;
    rest = n - quotient * size_;
    return quotient;
  }

 private:
  static constexpr std::int64_t limit = std::int64_t{1} << 31;
  std::int64_t size_ = 1;
  Divisor quick_ = Divisor(1);
};

}  // namespace weft::cuda
