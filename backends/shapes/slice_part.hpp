// slice as a strided copy. (Not for nvcc, which does not take what says that a slice is wrong.)
#pragma once
#include <vector>

#include "backends/shapes/strided_copy.hpp"
#include "core/ops/slice_range.hpp"

namespace weft::kernels {

/// slice: the part of `whole` as the reading side, the dense part as the writing side.
inline StridedCopy slice_copy(const Shape& whole, const Config& attrs) {
  const std::vector<ops::AxisRange> ranges = ops::slice_ranges(whole, attrs);
  const Strides strides(whole);
  Shape part;
  for (const ops::AxisRange& r : ranges) part.push_back(r.count);
  const Strides dense(part);
  StridedCopy copy;
  for (int i = 0; i < whole.rank(); ++i) {
    const ops::AxisRange& r = ranges[static_cast<std::size_t>(i)];
    copy.from_start += r.start * strides[i];
    // A step that is not taken may be of any size.
    copy.add(r.count, r.count > 1 ? r.step * strides[i] : 0, dense[i]);
  }
  return copy;
}

}  // namespace weft::kernels
