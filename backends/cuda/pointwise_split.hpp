// Division of any index by a number that is fixed.
#pragma once
#include "backends/cuda/index.hpp"

namespace weft::cuda {

/// As a product where both are below 2^31.
class Split {
 public:
  Split() = default;
  explicit Split(std::int64_t size)
      : size_(size),
        divisor_(size > 0 && size < (std::int64_t{1} << 31) ? static_cast<std::uint32_t>(size)
                                                            : 1) {}
  WEFT_HD std::int64_t size() const { return size_; }
  /// i / size and i % size.
  WEFT_HD std::int64_t divide(std::int64_t i, std::int64_t& rest) const {
    if (((i | size_) >> 31) == 0) {
      std::uint32_t r = 0;
      const std::uint32_t quotient = divisor_.divide(static_cast<std::uint32_t>(i), r);
      rest = r;
      return quotient;
    }
    const std::int64_t quotient = i / size_;
    rest = i - quotient * size_;
    return quotient;
  }

 private:
  std::int64_t size_ = 1;
  Divisor divisor_;
};

}  // namespace weft::cuda
