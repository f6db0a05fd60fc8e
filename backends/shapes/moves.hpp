// What the ops that only move elements copy: from their shapes and attributes to a StridedCopy from
// input 0 to output 0.
#pragma once
#include <weft/core/backend.h>

#include <vector>

#include "backends/dispatch.hpp"
#include "backends/shapes/strided_copy.hpp"

namespace weft::kernels {

/// broadcast_to reads with stride 0 where it repeats.
inline StridedCopy broadcast_copy(const Shape& from, const Shape& to) {
  const Strides read(from), write(to);
  const int extra = to.rank() - from.rank();
  StridedCopy copy;
  for (int i = 0; i < to.rank(); ++i) {
    const bool repeats = i < extra || from[i - extra] == 1;
    copy.add(to[i], repeats ? 0 : read[i - extra], write[i]);
  }
  return copy;
}

inline StridedCopy transpose_copy(const KernelRequest& r) {
  const Shape &from = r.inputs[0].shape, &to = r.outputs[0].shape;
  const Strides read(from), write(to);
  const bool given = r.attrs.contains("axes") && !r.attrs["axes"].is_null();
  const auto axes =
      given ? r.attrs.get<std::vector<std::int64_t>>("axes") : std::vector<std::int64_t>();
  StridedCopy copy;
  for (int i = 0; i < to.rank(); ++i) {
    const std::int64_t axis = given ? axes[static_cast<std::size_t>(i)] : to.rank() - 1 - i;
    copy.add(to[i], read[axis_of(to, axis)], write[i]);
  }
  return copy;
}

/// repeat, or tile_axis: the repetition is an axis of its own, read with stride 0.
inline StridedCopy repeat_copy(const KernelRequest& r, bool tiled) {
  const auto axis = r.attrs.get<std::int64_t>("axis"),
             repeats = r.attrs.get<std::int64_t>("repeats");
  const Shape& from = r.inputs[0].shape;
  const AxisView v(from, axis);
  StridedCopy copy;
  copy.add(v.outer, v.size * v.inner, v.size * repeats * v.inner);
  if (tiled) {
    copy.add(repeats, 0, v.size * v.inner);
    copy.add(v.size * v.inner, 1, 1);
  } else {
    copy.add(v.size, v.inner, repeats * v.inner);
    copy.add(repeats, 0, v.inner);
    copy.add(v.inner, 1, 1);
  }
  return copy;
}

/// pad: the input into the middle of the output.
inline StridedCopy pad_copy(const KernelRequest& r) {
  const Shape &from = r.inputs[0].shape, &to = r.outputs[0].shape;
  const auto widths = r.attrs.get<std::vector<std::vector<std::int64_t>>>("pad_width");
  const Strides read(from), write(to);
  StridedCopy copy;
  for (int i = 0; i < from.rank(); ++i) {
    copy.to_start += widths[static_cast<std::size_t>(i)][0] * write[i];
    copy.add(from[i], read[i], write[i]);
  }
  return copy;
}

/// upsample: each spatial axis, and its repetition as one that is read with stride 0.
inline StridedCopy upsample_copy(const Shape& from, const Shape& to) {
  const Strides read(from), write(to);
  StridedCopy copy;
  copy.add(from[0], read[0], write[0]);
  for (int i = 1; i + 1 < from.rank(); ++i) {
    copy.add(from[i], read[i], write[i] * (from[i] == 0 ? 1 : to[i] / from[i]));
    copy.add(from[i] == 0 ? 1 : to[i] / from[i], 0, write[i]);
  }
  copy.add(from[-1], 1, 1);
  return copy;
}

}  // namespace weft::kernels
