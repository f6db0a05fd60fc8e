// The axes of a reduction, folded.
#pragma once
#include <weft/core/backend.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace weft::kernels {

/// For each axis of `shape` whether it is reduced: those of attrs["axis"], all without.
inline std::vector<bool> reduced_axes(const Shape& shape, const Config& attrs) {
  std::vector<bool> out(static_cast<std::size_t>(shape.rank()), true);
  if (!attrs.contains("axis") || attrs["axis"].is_null()) return out;
  std::fill(out.begin(), out.end(), false);
  for (std::int64_t axis : attrs.get<std::vector<std::int64_t>>("axis")) {
    out[static_cast<std::size_t>(axis < 0 ? axis + shape.rank() : axis)] = true;
  }
  return out;
}

/// Neighbouring axes of one kind.
struct ReduceGroup {
  std::int64_t size;
  bool reduced;
};

/// Axes of size 1 are left out: groups of reduced and of kept axes take turns.
inline std::vector<ReduceGroup> reduce_groups(const Shape& shape, const Config& attrs) {
  const std::vector<bool> reduced = reduced_axes(shape, attrs);
  std::vector<ReduceGroup> groups;
  for (int i = 0; i < shape.rank(); ++i) {
    const bool r = reduced[static_cast<std::size_t>(i)];
    if (shape[i] == 1) continue;
    if (!groups.empty() && groups.back().reduced == r) {
      groups.back().size *= shape[i];
    } else {
      groups.push_back({shape[i], r});
    }
  }
  return groups;
}

/// Elements that make one number.
inline std::int64_t reduced_count(const Shape& shape, const Config& attrs) {
  const std::vector<bool> reduced = reduced_axes(shape, attrs);
  std::int64_t n = 1;
  for (int i = 0; i < shape.rank(); ++i) {
    if (reduced[static_cast<std::size_t>(i)]) n *= shape[i];
  }
  return n;
}

}  // namespace weft::kernels
