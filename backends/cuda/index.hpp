// Which element a thread works on.
#pragma once
#include <cstdint>

#include "core/functors/host_device.h"

namespace weft::cuda {

/// Threads of a warp.
inline constexpr int warp_size = 32;

/// Calls f(i) for every i below n, shared by all threads of the grid.
template <class F>
__device__ __forceinline__ void for_each_index(std::int64_t n, F&& f) {
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < n;
       i += step)
    f(i);
}

/// Calls f(i) for every i below n, shared by the threads of the block.
template <class F>
__device__ __forceinline__ void for_each_in_block(std::int64_t n, F&& f) {
  for (std::int64_t i = threadIdx.x; i < n; i += blockDim.x) f(i);
}

/// Calls f(row) for every row below n, a block to a row.
template <class F>
__device__ __forceinline__ void for_each_row(std::int64_t n, F&& f) {
  for (std::int64_t row = blockIdx.x; row < n; row += gridDim.x) f(row);
}

/// Division of numbers below 2^31 by one that is fixed, as a product (Granlund and Montgomery,
/// "Division by invariant integers using multiplication").
class Divisor {
 public:
  Divisor() = default;
  explicit Divisor(std::uint32_t d) : d_(d) {
    while (shift_ < 32 && (std::uint64_t{1} << shift_) < d) ++shift_;
    const std::uint64_t one = 1;
    factor_ = static_cast<std::uint32_t>(((one << 32) * ((one << shift_) - d)) / d + 1);
  }
  WEFT_HD std::uint32_t divide(std::uint32_t n) const {
#if defined(__CUDA_ARCH__)
    const std::uint32_t high = __umulhi(n, factor_);
#else
    const auto high = static_cast<std::uint32_t>((static_cast<std::uint64_t>(n) * factor_) >> 32);
#endif
    return (high + n) >> shift_;
  }
  /// n / d and n % d.
  WEFT_HD std::uint32_t divide(std::uint32_t n, std::uint32_t& rest) const {
    const std::uint32_t quotient = divide(n);
    rest = n - quotient * d_;
    return quotient;
  }

 private:
  std::uint32_t d_ = 1, factor_ = 1, shift_ = 0;
};

/// Division of indices of any size; below 2^31 it is quick.
class IndexDivisor {
 public:
  IndexDivisor() = default;
  explicit IndexDivisor(std::int64_t d) : size_(d) {
    if (d > 0 && d < limit) quick_ = Divisor(static_cast<std::uint32_t>(d));
  }
  WEFT_HD std::int64_t size() const { return size_; }
  /// n / size() and n % size(), n not negative.
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
