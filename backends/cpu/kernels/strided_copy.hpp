// A StridedCopy's loops.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/simd/transpose.hpp"
#include "backends/shapes/strided_copy.hpp"

namespace weft::cpu {

template <class T>
void copy_line(const T* from, T* to, const StridedCopy::Axis& a) {
  if (a.from == 1 && a.to == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(a.size) * sizeof(T));
  } else if (a.from == 0 && a.to == 1) {
    std::fill_n(to, a.size, *from);
  } else {
    for (std::int64_t i = 0; i < a.size; ++i) to[i * a.to] = from[i * a.from];
  }
}

/// Tiles, so that both sides stay in the cache when neither runs along its memory (a transpose).
template <class T>
void copy_plane(const T* from, T* to, const StridedCopy::Axis& a, const StridedCopy::Axis& b) {
  if (b.from == 1 || b.from == 0 || a.from != 1) {
    for (std::int64_t i = 0; i < a.size; ++i) copy_line(from + i * a.from, to + i * a.to, b);
    return;
  }
  if constexpr (sizeof(T) == 4) {
    if (b.to == 1) {
      return transpose_loops().four_bytes(from, b.from, to, a.to, a.size, b.size);
    }
  }
  constexpr std::int64_t tile = 16;
  for (std::int64_t i0 = 0; i0 < a.size; i0 += tile) {
    const std::int64_t i1 = std::min(a.size, i0 + tile);
    for (std::int64_t j0 = 0; j0 < b.size; j0 += tile) {
      const std::int64_t j1 = std::min(b.size, j0 + tile);
      for (std::int64_t i = i0; i < i1; ++i) {
        for (std::int64_t j = j0; j < j1; ++j)
          to[i * a.to + j * b.to] = from[i * a.from + j * b.from];
      }
    }
  }
}

template <class T>
void run_copy(const StridedCopy& c, const T* from, T* to) {
  for (int i = 0; i < c.rank; ++i) {
    if (c.axes[i].size == 0) return;
  }
  from += c.from_start;
  to += c.to_start;
  std::int64_t index[StridedCopy::max_rank] = {};
  const int outer = c.rank >= 2 ? c.rank - 2 : 0;
  while (true) {
    if (c.rank >= 2) {
      copy_plane(from, to, c.axes[c.rank - 2], c.axes[c.rank - 1]);
    } else {
      copy_line(from, to, c.axes[0]);
    }
    int i = outer - 1;
    for (; i >= 0; --i) {
      from += c.axes[i].from;
      to += c.axes[i].to;
      if (++index[i] < c.axes[i].size) break;
      from -= c.axes[i].from * c.axes[i].size;
      to -= c.axes[i].to * c.axes[i].size;
      index[i] = 0;
    }
    if (i < 0) return;
  }
}

/// The kernel that runs `copy` from input 0 to output 0, which it covers.
inline PreparedKernel strided_copy_kernel(const StridedCopy& copy, DType dtype) {
  return dispatch_size(dtype, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [c = copy.simplified()](const KernelArgs& a) {
      run_copy(c, a.in<T>(0), a.out<T>(0));
    }};
  });
}

}  // namespace weft::cpu
