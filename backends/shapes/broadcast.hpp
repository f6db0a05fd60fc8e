// Operands broadcast against each other, folded into as few axes as possible.
#pragma once
#include <weft/core/op.h>

#include <array>
#include <cstdint>
#include <span>

namespace weft::kernels {

/// The most operands of a pointwise op.
inline constexpr int most_operands = 3;

/// Several axes of the result as one.
struct FoldedAxis {
  std::int64_t size = 1;
  std::array<std::int64_t, most_operands> stride = {};  ///< 0 where an operand is broadcast
};

struct FoldedAxes {
  std::array<FoldedAxis, Shape::max_rank> axis;  ///< innermost first
  std::size_t count = 0;                         ///< 0 for a single element
};

/// The strides of `input` along the axes of `output`; 0 where it is broadcast.
inline std::array<std::int64_t, Shape::max_rank> broadcast_strides(const Shape& input,
                                                                   const Shape& output) {
  std::array<std::int64_t, Shape::max_rank> strides = {};
  std::int64_t step = 1;
  for (int i = 1; i <= input.rank(); ++i) {
    const std::int64_t size = input[-i];
    strides[static_cast<std::size_t>(output.rank() - i)] = size == 1 ? 0 : step;
    step *= size;
  }
  return strides;
}

/// Inputs are dense and broadcast to `output`; equal shapes are one axis, [N, C] with [C] is two.
inline FoldedAxes fold_axes(const Shape& output, std::span<const TensorSpec> inputs) {
  std::array<std::array<std::int64_t, Shape::max_rank>, most_operands> strides = {};
  for (std::size_t k = 0; k < inputs.size(); ++k)
    strides[k] = broadcast_strides(inputs[k].shape, output);
  // Two axes can be one where for every operand a step of the outer is all of the inner one.
  const auto foldable = [&](const FoldedAxis& outer, const FoldedAxis& inner) {
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      if (outer.stride[k] != inner.stride[k] * inner.size) return false;
    }
    return true;
  };
  FoldedAxes folded;
  for (int i = output.rank() - 1; i >= 0; --i) {
    FoldedAxis axis;
    axis.size = output[i];
    if (axis.size == 1) continue;
    for (std::size_t k = 0; k < inputs.size(); ++k)
      axis.stride[k] = strides[k][static_cast<std::size_t>(i)];
    if (folded.count > 0 && foldable(axis, folded.axis[folded.count - 1]))
      folded.axis[folded.count - 1].size *= axis.size;
    else
      folded.axis[folded.count++] = axis;
  }
  return folded;
}

}  // namespace weft::kernels
