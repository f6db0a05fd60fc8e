// For CUDA's kernels too: their compiler does not take the headers of the ops.
#include "backends/shapes/pool_geometry.hpp"

#include "core/ops/pool_windows.hpp"

namespace weft::kernels {

PoolGeometry pool_geometry(const Shape& x, const Config& attrs) {
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

}  // namespace weft::kernels
