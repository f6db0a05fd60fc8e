// From a pooling op's attributes to what its kernels loop over.
#pragma once
#include <algorithm>

#include "backends/cpu/simd/pool.hpp"
#include "core/ops/pool_windows.hpp"

namespace weft::cpu {

/// The geometry of pooling a tensor of shape `x`: the input of max_pool, the output of its
/// gradient.
inline PoolGeometry pool_geometry(const Shape& x, const Config& attrs) {
  const int rank = x.rank() - 2;
  const ops::PoolAttrs a = ops::pool_attrs("pool", attrs, rank);
  PoolGeometry g;
  g.batch = x[0];
  g.channels = x[-1];
  PoolAxis* const axes[] = {&g.d, &g.h, &g.w};
  for (int i = 0; i < rank; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const ops::PoolWindows w = ops::pool_windows(x[i + 1], a.size[k], a.strides[k], a.same);
    *axes[3 - rank + i] = {w.in, w.out, w.size, w.stride, w.before};
  }
  return g;
}

/// Items per thread that some 20 microseconds are spent on, at about two elements a nanosecond.
inline std::int64_t grain_of(std::int64_t elements_per_item) {
  return 40'000 / std::max<std::int64_t>(elements_per_item, 1) + 1;
}
inline std::int64_t rows_grain(const PoolGeometry& g) {
  return grain_of(g.d.size * g.h.size * g.w.in * g.channels);
}
inline std::int64_t images_grain(const PoolGeometry& g) { return grain_of(g.x_image()); }

}  // namespace weft::cpu
