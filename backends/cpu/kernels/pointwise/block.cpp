#include "backends/cpu/kernels/pointwise/block.hpp"

#include <algorithm>

namespace weft::cpu {
namespace {

struct Folded {
  std::int64_t size = 1;
  std::array<std::int64_t, max_operands> stride = {};
};

/// The strides of `input` along the axes of `output`; 0 where it is broadcast.
std::array<std::int64_t, Shape::max_rank> strides_of(const Shape& input, const Shape& output) {
  std::array<std::int64_t, Shape::max_rank> strides = {};
  std::int64_t step = 1;
  for (int i = 1; i <= input.rank(); ++i) {
    const std::int64_t size = input[-i];
    strides[static_cast<std::size_t>(output.rank() - i)] = size == 1 ? 0 : step;
    step *= size;
  }
  return strides;
}

/// Whether axis `outer` and the one inside it can be one loop: for every operand a step of `outer`
/// is all of `inner`.
bool foldable(const Folded& outer, const Folded& inner, std::size_t operands) {
  for (std::size_t k = 0; k < operands; ++k) {
    if (outer.stride[k] != inner.stride[k] * inner.size) return false;
  }
  return true;
}

}  // namespace

Geometry make_geometry(const Shape& output, std::span<const TensorSpec> inputs) {
  const std::size_t operands = inputs.size();
  std::array<std::array<std::int64_t, Shape::max_rank>, max_operands> strides = {};
  for (std::size_t k = 0; k < operands; ++k) strides[k] = strides_of(inputs[k].shape, output);

  std::array<Folded, Shape::max_rank> axes;  // innermost first
  std::size_t count = 0;
  for (int i = output.rank() - 1; i >= 0; --i) {
    Folded axis;
    axis.size = output[i];
    if (axis.size == 1) continue;
    for (std::size_t k = 0; k < operands; ++k)
      axis.stride[k] = strides[k][static_cast<std::size_t>(i)];
    if (count > 0 && foldable(axis, axes[count - 1], operands))
      axes[count - 1].size *= axis.size;
    else
      axes[count++] = axis;
  }

  Geometry g;
  std::fill_n(g.block.column_stride, max_operands, 1);  // of one element, any
  if (count > 0) {
    g.block.columns = axes[0].size;
    std::copy_n(axes[0].stride.begin(), max_operands, g.block.column_stride);
  }
  if (count > 1) {
    g.block.rows = axes[1].size;
    std::copy_n(axes[1].stride.begin(), max_operands, g.block.row_stride);
  }
  g.block.out_stride = g.block.columns;
  for (std::size_t i = 2; i < count; ++i) {
    g.outer_size[i - 2] = axes[i].size;
    g.outer_stride[i - 2] = axes[i].stride;
    g.blocks *= axes[i].size;
  }
  g.outer_rank = count > 2 ? static_cast<int>(count) - 2 : 0;
  if (g.block.rows * g.block.columns == 0) g.blocks = 0;
  return g;
}

}  // namespace weft::cpu
