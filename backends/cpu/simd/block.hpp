// What a loop of a pointwise functor runs over. No standard header: the loops are compiled for
// several instruction sets.
#pragma once

namespace weft::cpu {

using Index = __INT64_TYPE__;

inline constexpr int max_operands = 3;

/// Rows of columns. Strides are in elements; that of a column is 0 (the operand is one number per
/// row) or 1, because operands are dense.
struct Block {
  Index rows = 1;
  Index columns = 1;
  Index out_stride = 0;  ///< from row to row of the output
  Index row_stride[max_operands] = {};
  Index column_stride[max_operands] = {};
};

/// A functor's loop over a block, for one compute type: in[k] and out are at the block's first
/// element.
using BlockLoop = void (*)(const void* functor, const Block& block, const void* const* in,
                           void* out);

/// The loops of a functor, by which operands vary along a row: bit k for operand k.
struct BlockLoops {
  BlockLoop by_stride[1 << max_operands] = {};
};

}  // namespace weft::cpu
