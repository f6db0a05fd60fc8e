// Indices that come as data, of any integer dtype.
#pragma once
#include "backends/cuda/kernel.hpp"

namespace weft::cuda {

/// Where a kernel notes an index out of range.
struct IndexCheck {
  RefusalTable table;
  int place = 0;
};

/// `count` indices into `size` places.
struct Indices {
  const void* data = nullptr;
  DType::Code dtype = DType::int32;
  std::int64_t count = 0, size = 0;
  bool from_end = false;  ///< whether -1 is the last place

  __device__ std::int64_t index(std::int64_t i) const { return load_index(data, dtype, i); }
  /// The place that index i names; -1 where there is none.
  __device__ std::int64_t place(std::int64_t i) const {
    const std::int64_t given = index(i);
    if (given >= size) return -1;
    if (given >= 0) return given;
    return from_end && given >= -size ? given + size : -1;
  }
  /// Refuses index i where it names no place.
  __device__ void check(std::int64_t i, const IndexCheck& notes) const {
    if (place(i) < 0) refuse(notes.table, notes.place, i, index(i));
  }
};

}  // namespace weft::cuda
