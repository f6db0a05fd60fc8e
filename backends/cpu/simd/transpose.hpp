// A matrix of four-byte elements written down by columns.
#pragma once
#include "backends/cpu/isa.hpp"
#include "backends/cpu/simd/block.hpp"

namespace weft::cpu {

struct TransposeLoops {
  /// to[i * to_stride + j] = from[j * from_stride + i], i < rows, j < columns. Strides in elements.
  void (*four_bytes)(const void* from, Index from_stride, void* to, Index to_stride, Index rows,
                     Index columns);
};

namespace v2 {
extern const TransposeLoops transpose_loops;
}
namespace v3 {
extern const TransposeLoops transpose_loops;
}
namespace v4 {
extern const TransposeLoops transpose_loops;
}

inline const TransposeLoops& transpose_loops() {
  return choose(v2::transpose_loops, v3::transpose_loops, v4::transpose_loops);
}

}  // namespace weft::cpu
