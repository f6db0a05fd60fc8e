// Elements that go from one strided place to another: transpose, broadcast_to, slice, tile, repeat,
// upsample are all this. Which elements go where; the loops are the backends'.
#pragma once
#include <weft/core/shape.h>

#include <cstdint>

namespace weft::kernels {

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

  /// Elements written.
  std::int64_t count() const {
    std::int64_t n = 1;
    for (int i = 0; i < rank; ++i) n *= axes[i].size;
    return n;
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

}  // namespace weft::kernels
