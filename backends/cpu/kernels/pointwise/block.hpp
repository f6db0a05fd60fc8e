// The geometry of a pointwise kernel: dense operands broadcast against each other, folded into as
// few loops as possible.
#pragma once
#include <weft/core/op.h>

#include <array>
#include <cstdint>
#include <span>

namespace weft::cpu {

inline constexpr int max_operands = 3;

/// What an inner loop runs over: rows of columns. The output is dense; strides are in elements, and
/// that of a column is 0 (the operand is one number per row) or 1, because operands are dense.
struct Block {
  std::int64_t rows = 1;
  std::int64_t columns = 1;
  std::array<std::int64_t, max_operands> row_stride = {};
  std::array<std::int64_t, max_operands> column_stride = {};
};

/// A block, and loops around it where two dimensions are not enough.
struct Geometry {
  Block block;
  int outer_rank = 0;
  std::array<std::int64_t, Shape::max_rank> outer_size = {};
  std::array<std::array<std::int64_t, max_operands>, Shape::max_rank> outer_stride = {};
  std::int64_t blocks = 1;  ///< the product of outer_size; 0 when the output is empty
};

/// Inputs are broadcast to `output`; equal shapes are one row, [N, C] with [C] is N rows of C.
Geometry make_geometry(const Shape& output, std::span<const TensorSpec> inputs);

}  // namespace weft::cpu
