#include "backends/cpu/kernels/pointwise/block.hpp"

#include <algorithm>

#include "backends/shapes/broadcast.hpp"

namespace weft::cpu {

static_assert(max_operands == kernels::most_operands);

Geometry make_geometry(const Shape& output, std::span<const TensorSpec> inputs) {
  const auto [axes, count] = kernels::fold_axes(output, inputs);
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
