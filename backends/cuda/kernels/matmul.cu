// matmul of every number type: tiles through shared memory, a bias and an activation on the sums.
#include "backends/cuda/tile_product.hpp"
#include "backends/shapes/gemm_shape.hpp"

namespace weft::cuda {
namespace {

/// What becomes of a sum, each step rounded to R: the bits of the ops that it stands for.
template <class R, class C>
__device__ R finish(const GemmEpilogue& e, const R* bias, std::int64_t column, C sum) {
  R y = store<R>(sum);
  if (e.bias) {
    if constexpr (is_float<R>)
      y = store<R>(load(y) + load(bias[column]));
    else
      y = math::add(y, bias[column]);
  }
  if constexpr (is_float<R>) {
    if (e.activation != EpilogueActivation::none) y = store<R>(activate(e.activation, load(y)));
  }
  return y;
}

template <class T, class R, class Tiles>
__global__ void matmul_kernel(GemmShape s, GemmEpilogue e, const T* a, const T* b, const R* bias,
                              R* c) {
  const TileGrid<Tiles> grid{s.m, s.n};
  const std::int64_t batches = s.batch_count();
  for (std::int64_t number = blockIdx.z; number < batches; number += gridDim.z) {
    const GemmShape::Batch at = s.batch(number);
    const StoredFactor<T> left{a + at.a, s.transpose_a ? s.m : s.k, !s.transpose_a};
    const StoredFactor<T> right{b + at.b, s.transpose_b ? s.k : s.n, s.transpose_b};
    R* to = c + at.c;
    for_each_row(grid.count(), [&](std::int64_t tile) {
      ProductSum<T> sums[Tiles::own][Tiles::own] = {};
      tile_product(grid, tile, 0, s.k, left, right, sums);
      each_sum(grid, tile, sums, [&](std::int64_t i, std::int64_t j, ProductSum<T> sum) {
        to[i * s.n + j] = finish(e, bias, j, sum);
      });
    });
  }
}

template <class T, class R, class Tiles>
void launch_tiles(const GemmShape& s, const GemmEpilogue& e, const KernelArgs& a) {
  launch(matmul_kernel<T, R, Tiles>, TileGrid<Tiles>{s.m, s.n}.launch_shape(s.batch_count()),
         a.stream, s, e, a.in<T>(0), a.in<T>(1), e.bias ? a.in<R>(2) : nullptr, a.out<R>(0));
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  return dispatch_product<Types::numbers>(r, why_not, [&]<class T, class R>(Type<T>, Type<R>) {
    return PreparedKernel{.run = [s = GemmShape(r), e = GemmEpilogue(r)](const KernelArgs& a) {
      if (large_tiles_fill(s.m, s.n, s.batch_count()))
        launch_tiles<T, R, LargeTile>(s, e, a);
      else
        launch_tiles<T, R, SmallTile>(s, e, a);
    }};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_matmul(KernelTable& table) {
  // The last resort: a library's is faster.
  table.add("matmul", {.name = "plain", .reference = true, .prepare = cuda::prepare});
}

}  // namespace weft::registration
