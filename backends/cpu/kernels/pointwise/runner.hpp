// What every pointwise kernel shares: it walks the blocks of a geometry and hands each to the
// functor's loop; dtypes without loops of their own pass through a buffer of a wider type that has
// them.
#pragma once
#include <weft/core/backend.h>

#include "backends/cpu/kernels/pointwise/block.hpp"

namespace weft::cpu {

/// A functor's loop over a block, for one compute type: in[k] and out are at the block's first
/// element.
using BlockLoop = void (*)(const void* functor, const Block& block, const void* const* in,
                           void* out);

/// The type whose loops compute tensors of `dtype`: itself, float32 for float16 and bfloat16, int64
/// for the integers that are rarely computed with. Integers wrap around modulo 2^n in either.
DType compute_dtype(DType dtype);

/// A kernel but for its functor.
struct Pointwise {
  Geometry geometry;
  BlockLoop loop = nullptr;
  int operands = 0;
  std::array<std::size_t, max_operands> in_bytes = {};  ///< of an element
  std::size_t out_bytes = 0;
  DType storage;                 ///< of the operands that are converted
  bool converts = false;         ///< whether storage differs from the compute type
  bool converts_output = false;  ///< false for comparisons: bool is stored as it is
};

void run(const Pointwise& kernel, const void* functor, const KernelArgs& args);

}  // namespace weft::cpu
