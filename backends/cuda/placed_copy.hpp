// A dense tensor placed into a larger one, the rest of which is one number: pad and the gradient of
// slice.
#pragma once
#include <weft/core/backend.h>

#include <cstddef>

namespace weft::cuda {

/// Along each axis input element i becomes output element start + i * step.
struct PlacedCopy {
  struct Axis {
    std::int64_t in, out, start, step;
  };
  int rank = 0;
  Axis axes[Shape::max_rank];
  void add(const Axis& axis) { axes[rank++] = axis; }
};

/// The kernel that places input 0 into output 0; `fill` points to an element for the rest.
PreparedKernel prepare_placed_copy(const PlacedCopy& copy, std::size_t itemsize, const void* fill);

}  // namespace weft::cuda
