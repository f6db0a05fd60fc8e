// How the threads of a pointwise kernel find their elements: operands broadcast against each other,
// in index arithmetic of 32 bits; a tensor too large for it is cut into parts, a launch to each.
#pragma once
#include "backends/cuda/index.hpp"
#include "backends/shapes/broadcast.hpp"

namespace weft::cuda {
using kernels::FoldedAxes;
using kernels::most_operands;

/// The most elements of a launch; a power of 2.
inline constexpr std::int64_t largest_part = std::int64_t{1} << 30;

/// Where the operands' elements are that element i of the result is made of. An element may also
/// stand for a vector of them along the innermost axis.
class Broadcast {
 public:
  Broadcast() = default;
  /// With `width` the innermost axis is a multiple of it, or the only one.
  explicit Broadcast(const FoldedAxes& axes, int width = 1) {
    for (std::size_t i = 0; i < axes.count; ++i) {
      const std::int64_t step = i == 0 ? width : 1, size = axes.axis[i].size / step;
      const bool divides = size > 0 && size <= largest_part;  // else it is the outermost of a part
      size_[i] = Divisor(divides ? static_cast<std::uint32_t>(size) : 1);
      for (std::size_t k = 0; k < most_operands; ++k)
        stride_[i][k] = static_cast<std::uint32_t>(axes.axis[i].stride[k] * step);
    }
  }

  /// Of the first `axes` axes, at least 1.
  template <int Operands>
  WEFT_HD void find(std::uint32_t i, int axes, std::uint32_t (&at)[Operands]) const {
    for (int k = 0; k < Operands; ++k) at[k] = 0;
    for (int axis = 0; axis < axes - 1; ++axis) {
      std::uint32_t rest = 0;
      i = size_[axis].divide(i, rest);
      for (int k = 0; k < Operands; ++k) at[k] += rest * stride_[axis][k];
    }
    for (int k = 0; k < Operands; ++k) at[k] += i * stride_[axes - 1][k];
  }
  /// Whether operand k varies along the innermost axis.
  WEFT_HD bool varies(int k) const { return stride_[0][k] != 0; }

 private:
  Divisor size_[Shape::max_rank];
  std::uint32_t stride_[Shape::max_rank][most_operands] = {};
};

/// A part of the result: `count` elements from `first` on, along the first `axes` axes; operands
/// from `operand` on.
struct BroadcastPart {
  int axes = 1;
  std::int64_t count = 1, first = 0;
  std::array<std::int64_t, most_operands> operand = {};
};

/// Calls f(part) for parts of `whole` of at most `most` elements.
template <class F>
void for_each_part(const FoldedAxes& axes, const BroadcastPart& whole, F&& f,
                   std::int64_t most = largest_part) {
  if (whole.count <= most) {
    f(whole);
    return;
  }
  const auto& outer = axes.axis[static_cast<std::size_t>(whole.axes - 1)];
  const std::int64_t inner = whole.count / outer.size;
  const std::int64_t at_once = inner < most ? most / inner : 1;
  for (std::int64_t i = 0; i < outer.size; i += at_once) {
    const std::int64_t n = outer.size - i < at_once ? outer.size - i : at_once;
    BroadcastPart part{inner > most ? whole.axes - 1 : whole.axes, n * inner,
                       whole.first + i * inner, whole.operand};
    for (std::size_t k = 0; k < most_operands; ++k) part.operand[k] += i * outer.stride[k];
    for_each_part(axes, part, f, most);
  }
}

/// All of the result; of a single element the one axis is any.
inline BroadcastPart whole_of(const FoldedAxes& axes) {
  BroadcastPart whole;
  for (std::size_t i = 0; i < axes.count; ++i) whole.count *= axes.axis[i].size;
  whole.axes = axes.count > 1 ? static_cast<int>(axes.count) : 1;
  return whole;
}

}  // namespace weft::cuda
