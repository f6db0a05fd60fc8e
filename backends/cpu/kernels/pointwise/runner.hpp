// What every pointwise kernel shares: it walks the rows of a geometry and hands blocks of them to
// the functor's loop, on several threads where that pays; dtypes without loops of their own pass
// through a buffer of a wider type that has them.
#pragma once
#include <weft/core/backend.h>

#include "backends/cpu/kernels/pointwise/block.hpp"
#include "backends/cpu/kernels/pointwise/float_pointwise.hpp"

namespace weft::cpu {

/// Elements from which a part of a loop is worth a thread: arithmetic is done at the speed of the
/// cache, exp and its kin take five times as long.
inline constexpr std::int64_t grain_of_arithmetic = 16384, grain_of_functions = 6144;

/// The type whose loops compute tensors of `dtype`: itself, float32 for float16 and bfloat16, int64
/// for the integers that are rarely computed with. Integers wrap around modulo 2^n in either.
DType compute_dtype(DType dtype);

struct Pointwise {
  Geometry geometry;
  BlockLoop loop = nullptr;
  FunctorStorage functor;
  int operands = 0;
  std::int64_t grain = grain_of_arithmetic;
  std::array<std::size_t, max_operands> in_bytes = {};  ///< of an element
  std::size_t out_bytes = 0;
  DType storage;                 ///< of the operands that are converted
  bool converts = false;         ///< whether storage differs from the compute type
  bool converts_output = false;  ///< false for comparisons: bool is stored as it is
  /// Above 1: short rows against one row ([N, 10] + [10]); so many are computed as one, the row
  /// being repeated in a buffer.
  std::int64_t rows_at_once = 1;
};

/// The loop for the kernel's geometry; false when there is none.
bool choose_loop(Pointwise& kernel, const BlockLoops& loops);

void run(const Pointwise& kernel, const KernelArgs& args);

}  // namespace weft::cpu
