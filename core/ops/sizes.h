// Sizes of a window, one for all spatial dimensions or one for each.
#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace weft::ops {

/// An integer that stands for every spatial dimension, or one integer for each: 2, {2, 2}. Without
/// a value it is Keras's None.
class Sizes {
 public:
  Sizes() = default;
  template <std::integral I>
  Sizes(I size) : list_{static_cast<std::int64_t>(size)} {}
  Sizes(std::initializer_list<int> sizes)
      : for_each_(true), given_empty_(sizes.size() == 0), list_(sizes.begin(), sizes.end()) {}
  template <std::integral I>
  Sizes(const std::vector<I>& sizes)
      : for_each_(true), given_empty_(sizes.empty()), list_(sizes.begin(), sizes.end()) {}
  /// Whether there is a value at all.
  bool given() const { return !list_.empty() || given_empty_; }
  /// Whether it was written as a list.
  bool is_list() const { return for_each_; }
  /// The numbers as written: one, or one for each dimension.
  const std::vector<std::int64_t>& list() const { return list_; }

 private:
  bool for_each_ = false, given_empty_ = false;
  std::vector<std::int64_t> list_;
};

}  // namespace weft::ops
