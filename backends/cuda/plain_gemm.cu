#include "backends/cuda/plain_gemm.hpp"

#include <weft/core/error.h>

#include "backends/cuda/tile_product.hpp"

namespace weft::cuda {
namespace {

template <class T, class Tiles>
__global__ void gemm_kernel(GemmCall g, const T* a, const T* b, T* c) {
  using C = Compute<T>;
  const TileGrid<Tiles> grid{g.m, g.n};
  for (std::int64_t batch = blockIdx.z; batch < g.batch; batch += gridDim.z) {
    const StoredFactor<T> left{a + batch * g.step_a, g.lead_a, !g.transpose_a};
    const StoredFactor<T> right{b + batch * g.step_b, g.lead_b, g.transpose_b};
    T* to = c + batch * g.step_c;
    for_each_row(grid.count(), [&](std::int64_t tile) {
      C sums[Tiles::own][Tiles::own] = {};
      tile_product(grid, tile, 0, g.k, left, right, sums);
      each_sum(grid, tile, sums, [&](std::int64_t i, std::int64_t j, C sum) {
        T& at = to[i * g.lead_c + j];
        sum *= C(g.alpha);
        if (g.beta != 0) sum += C(g.beta) * load(at);  // what is there may be rubbish otherwise
        at = store<T>(sum);
      });
    });
  }
}

template <class T, class Tiles>
void launch_tiles(const GemmCall& g, const void* a, const void* b, void* c, void* stream) {
  launch(gemm_kernel<T, Tiles>, TileGrid<Tiles>{g.m, g.n}.launch_shape(g.batch), stream, g,
         static_cast<const T*>(a), static_cast<const T*>(b), static_cast<T*>(c));
}

template <class T>
void launch_gemm(const GemmCall& g, const void* a, const void* b, void* c, void* stream) {
  if (large_tiles_fill(g.m, g.n, g.batch))
    launch_tiles<T, LargeTile>(g, a, b, c, stream);
  else
    launch_tiles<T, SmallTile>(g, a, b, c, stream);
}

}  // namespace

void plain_gemm(const GemmCall& call, const void* a, const void* b, void* c, void* stream) {
  switch (call.dtype.code()) {
    case DType::float32:
      return launch_gemm<float>(call, a, b, c, stream);
    case DType::float64:
      return launch_gemm<double>(call, a, b, c, stream);
    case DType::float16:
      return launch_gemm<Float16>(call, a, b, c, stream);
    case DType::bfloat16:
      return launch_gemm<BFloat16>(call, a, b, c, stream);
    default:
      throw DtypeError("cuda: no product of matrices of " + call.dtype.name());
  }
}

}  // namespace weft::cuda
