#include "backends/cpu/simd/transpose.hpp"

#include <weft/core/functors/host_device.h>

namespace weft::cpu::WEFT_ISA {
namespace {

typedef unsigned Words __attribute__((vector_size(32)));
constexpr Index side = 8;

/// Neighbours of two rows exchanged, then pairs, then halves.
WEFT_HD void neighbours(Words& a, Words& b) {
  const Words x = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
  b = __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
  a = x;
}
WEFT_HD void pairs(Words& a, Words& b) {
  const Words x = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
  b = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
  a = x;
}
WEFT_HD void halves(Words& a, Words& b) {
  const Words x = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
  b = __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
  a = x;
}
WEFT_HD void load(Words& v, const unsigned* from) { __builtin_memcpy(&v, from, sizeof v); }
WEFT_HD void store(const Words& v, unsigned* to) { __builtin_memcpy(to, &v, sizeof v); }

/// Eight rows of eight.
WEFT_HD void square(const unsigned* from, Index from_stride, unsigned* to, Index to_stride) {
  Words a, b, c, d, e, f, g, h;
  load(a, from);
  load(b, from + from_stride);
  load(c, from + 2 * from_stride);
  load(d, from + 3 * from_stride);
  load(e, from + 4 * from_stride);
  load(f, from + 5 * from_stride);
  load(g, from + 6 * from_stride);
  load(h, from + 7 * from_stride);
  neighbours(a, b);
  neighbours(c, d);
  neighbours(e, f);
  neighbours(g, h);
  pairs(a, c);
  pairs(b, d);
  pairs(e, g);
  pairs(f, h);
  halves(a, e);
  halves(b, f);
  halves(c, g);
  halves(d, h);
  store(a, to);
  store(b, to + to_stride);
  store(c, to + 2 * to_stride);
  store(d, to + 3 * to_stride);
  store(e, to + 4 * to_stride);
  store(f, to + 5 * to_stride);
  store(g, to + 6 * to_stride);
  store(h, to + 7 * to_stride);
}

void four_bytes(const void* from_data, Index from_stride, void* to_data, Index to_stride,
                Index rows, Index columns) {
  const auto* from = static_cast<const unsigned*>(from_data);
  auto* to = static_cast<unsigned*>(to_data);
  constexpr Index line = 16;  // of the cache, in elements: read whole
  for (Index i0 = 0; i0 < rows; i0 += line) {
    const Index i1 = rows - i0 < line ? rows : i0 + line;
    for (Index j0 = 0; j0 < columns; j0 += side) {
      const Index j1 = columns - j0 < side ? columns : j0 + side;
      Index i = i0;
      if (j1 - j0 == side) {
        for (; i1 - i >= side; i += side) {
          square(from + j0 * from_stride + i, from_stride, to + i * to_stride + j0, to_stride);
        }
      }
      for (; i < i1; ++i) {
        for (Index j = j0; j < j1; ++j) to[i * to_stride + j] = from[j * from_stride + i];
      }
    }
  }
}

}  // namespace

extern const TransposeLoops transpose_loops;
constinit const TransposeLoops transpose_loops = {&four_bytes};

}  // namespace weft::cpu::WEFT_ISA
