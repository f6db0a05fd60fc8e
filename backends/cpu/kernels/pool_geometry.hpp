// How the CPU's pooling kernels split their work.
#pragma once
#include <algorithm>

#include "backends/cpu/simd/pool.hpp"
#include "backends/shapes/pool_geometry.hpp"

namespace weft::cpu {

/// Items per thread that some 20 microseconds are spent on, at about two elements a nanosecond.
inline std::int64_t grain_of(std::int64_t elements_per_item) {
  return 40'000 / std::max<std::int64_t>(elements_per_item, 1) + 1;
}
inline std::int64_t rows_grain(const PoolGeometry& g) {
  return grain_of(g.d.size * g.h.size * g.w.in * g.channels);
}
inline std::int64_t images_grain(const PoolGeometry& g) { return grain_of(g.x_image()); }

}  // namespace weft::cpu
