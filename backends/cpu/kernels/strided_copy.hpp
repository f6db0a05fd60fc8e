// Elements copied between two strided places: transpose, broadcast_to, slice, tile, repeat, pad are
// all this.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/simd/transpose.hpp"

namespace weft::cpu {

/// Element (i0, i1, ...) of the `rank` dimensions goes from from_start + sum of i * from to
/// to_start + sum of i * to. Strides are in elements, may be negative, and 0 on the reading side
/// repeats.
struct StridedCopy {
  static constexpr int max_rank = 2 * Shape::max_rank;
  struct Axis {
    std::int64_t size, from, to;
  };
  int rank = 0;
  Axis axes[max_rank];
  std::int64_t from_start = 0, to_start = 0;

  void add(std::int64_t size, std::int64_t from, std::int64_t to) {
    axes[rank++] = {size, from, to};
  }

  /// Drops axes of size 1 and merges neighbours that are one axis in memory.
  StridedCopy simplified() const {
    StridedCopy s;
    s.from_start = from_start;
    s.to_start = to_start;
    for (int i = 0; i < rank; ++i) {
      const Axis& a = axes[i];
      if (a.size == 1) continue;
      if (s.rank > 0) {
        Axis& last = s.axes[s.rank - 1];
        if (last.from == a.size * a.from && last.to == a.size * a.to) {
          last = {last.size * a.size, a.from, a.to};
          continue;
        }
      }
      s.axes[s.rank++] = a;
    }
    if (s.rank == 0) s.add(1, 1, 1);
    return s;
  }

  template <class T>
  void run(const T* from, T* to) const {
    for (int i = 0; i < rank; ++i) {
      if (axes[i].size == 0) return;
    }
    from += from_start;
    to += to_start;
    std::int64_t index[max_rank] = {};
    const int outer = rank >= 2 ? rank - 2 : 0;
    while (true) {
      if (rank >= 2) {
        plane(from, to, axes[rank - 2], axes[rank - 1]);
      } else {
        line(from, to, axes[0]);
      }
      int i = outer - 1;
      for (; i >= 0; --i) {
        from += axes[i].from;
        to += axes[i].to;
        if (++index[i] < axes[i].size) break;
        from -= axes[i].from * axes[i].size;
        to -= axes[i].to * axes[i].size;
        index[i] = 0;
      }
      if (i < 0) return;
    }
  }

 private:
  template <class T>
  static void line(const T* from, T* to, const Axis& a) {
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
  static void plane(const T* from, T* to, const Axis& a, const Axis& b) {
    if (b.from == 1 || b.from == 0 || a.from != 1) {
      for (std::int64_t i = 0; i < a.size; ++i) line(from + i * a.from, to + i * a.to, b);
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
};

/// Row-major strides of a shape, in elements.
struct Strides {
  std::int64_t of[Shape::max_rank];
  explicit Strides(const Shape& shape) {
    std::int64_t step = 1;
    for (int i = shape.rank() - 1; i >= 0; --i) {
      of[i] = step;
      step *= shape[i];
    }
  }
  std::int64_t operator[](std::int64_t i) const { return of[i]; }
};

/// The kernel that runs `copy` from input 0 to output 0, which it covers.
inline PreparedKernel strided_copy_kernel(const StridedCopy& copy, DType dtype) {
  return dispatch_size(dtype, [&]<class T>(Type<T>) {
    return PreparedKernel{
        .run = [c = copy.simplified()](const KernelArgs& a) { c.run(a.in<T>(0), a.out<T>(0)); }};
  });
}

}  // namespace weft::cpu
