// The geometry of a pointwise kernel: dense operands broadcast against each other, folded into as
// few loops as possible.
#pragma once
#include <weft/core/op.h>

#include <array>
#include <cstdint>
#include <span>

#include "backends/cpu/simd/block.hpp"

namespace weft::cpu {

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
