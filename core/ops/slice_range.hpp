// The attributes of the op "slice", read against a shape: what infer and the kernels agree on.
//   start, stop  per axis an integer or null (the end that the step's sign says); axes beyond the
//   lists are whole step         per axis an integer other than 0 squeeze      the axes that are
//   dropped: there `start` is the index
#pragma once
#include <algorithm>
#include <cstdint>

#include "core/ops/checks.hpp"

namespace weft::ops {

/// Elements start, start + step, ... of one axis, `count` of them.
struct AxisRange {
  std::int64_t start = 0, step = 1;
  Dim count;
  bool dropped = false;
};

/// Python's slice.indices(size), and the length.
inline AxisRange python_range(std::int64_t size, std::optional<std::int64_t> start,
                              std::optional<std::int64_t> stop, std::int64_t step) {
  const std::int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
  const auto place = [&](std::optional<std::int64_t> given, std::int64_t otherwise) {
    if (!given) return otherwise;
    return std::clamp(*given < 0 ? *given + size : *given, low, high);
  };
  AxisRange r;
  r.start = place(start, step > 0 ? low : high);
  const std::int64_t end = place(stop, step > 0 ? high : low);
  r.step = step;
  const std::int64_t distance = step > 0 ? end - r.start : r.start - end,
                     stride = step > 0 ? step : -std::max(step, -INT64_MAX);
  r.count = distance > 0 ? (distance - 1) / stride + 1 : 0;
  return r;
}

inline AxisRange range_of_axis(const Shape& shape, int axis, std::optional<std::int64_t> start,
                               std::optional<std::int64_t> stop, std::int64_t step, bool dropped) {
  const Dim size = shape[axis];
  if (step == 0)
    fail("slice", "a step is 0", "a positive or negative step",
         fmt::format("step 0 along axis {}", axis));
  AxisRange r;
  if (dropped) {
    const std::int64_t index = start.value_or(0);
    if (size.known() && (index >= size || index < -size)) {
      fail("slice", fmt::format("index out of range along axis {}", axis),
           fmt::format("{} <= index < {}", -static_cast<std::int64_t>(size),
                       static_cast<std::int64_t>(size)),
           fmt::format("{} (x.shape={})", index, shape.to_string()));
    }
    r.start = index < 0 && size.known() ? index + size : index;
    r.count = 1;
  } else if (size.known()) {
    r = python_range(size, start, stop, step);
  } else {
    r.step = step;  // count stays None
  }
  r.dropped = dropped;
  return r;
}

inline std::vector<AxisRange> slice_ranges(const Shape& shape, const Config& attrs) {
  using MaybeInts = std::vector<std::optional<std::int64_t>>;
  const auto start = attrs.get<MaybeInts>("start"), stop = attrs.get<MaybeInts>("stop");
  const auto step = attrs.get<Ints>("step"), squeeze = attrs.get<Ints>("squeeze", Ints{});
  if (static_cast<int>(start.size()) > shape.rank() || stop.size() != start.size() ||
      step.size() != start.size()) {
    fail("slice", "too many indices", fmt::format("at most {}", shape.rank()),
         fmt::format("{} (x.shape={})", start.size(), shape.to_string()));
  }
  std::vector<AxisRange> out;
  for (int i = 0; i < shape.rank(); ++i) {
    const auto k = static_cast<std::size_t>(i);
    const bool dropped = std::find(squeeze.begin(), squeeze.end(), i) != squeeze.end();
    const bool given = k < start.size();
    out.push_back(range_of_axis(shape, i, given ? start[k] : std::nullopt,
                                given ? stop[k] : std::nullopt, given ? step[k] : 1, dropped));
  }
  return out;
}

/// The attributes of the op "slice" for these indices.
Config slice_attrs(const std::vector<Index>& indices);

}  // namespace weft::ops
