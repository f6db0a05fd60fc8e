// Axes and the options that reductions share.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// One axis, a list of axes, or none: Keras's `axis=None`, which most ops read as "all". Negative
/// ones count from the end.
class Axes {
 public:
  Axes() = default;
  Axes(std::nullopt_t) {}
  template <std::integral I>
  Axes(I axis) : given_(true), list_{static_cast<std::int64_t>(axis)} {}
  Axes(std::initializer_list<int> axes) : given_(true), list_(axes.begin(), axes.end()) {}
  template <std::integral I>
  Axes(const std::vector<I>& axes) : given_(true), list_(axes.begin(), axes.end()) {}
  /// Whether axes were named at all.
  bool given() const { return given_; }
  const std::vector<std::int64_t>& list() const { return list_; }

 private:
  bool given_ = false;
  std::vector<std::int64_t> list_;
};

/// Options of the ops that reduce axes: sum, mean, max, all, ...
struct ReduceOptions {
  Axes axis = {};         ///< none: over all axes
  bool keepdims = false;  ///< keep reduced axes with size 1
};

}  // namespace weft::ops
