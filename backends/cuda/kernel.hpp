// What kernels are written with. nvcc compiles them for a GPU, g++ for the emulation on this
// machine (emulate/): the same source. So kernels use CUDA's own words (__global__, threadIdx,
// blockIdx, __syncthreads, __shfl_xor_sync) and these rules hold:
//   - launched by launch(), never by <<< >>>; blocks are whole warps;
//   - shared memory through WEFT_SHARED and dynamic_shared: it holds rubbish at first, as on a GPU;
//   - vectors through load_vector and store_vector, which check their alignment where emulated;
//   - no CUB, no inline PTX, no atomics on floating numbers (their sum would depend on the order).
#pragma once
#include <weft/core/backend.h>

#if defined(__CUDACC__)
#include "backends/cuda/nvcc.cuh"
#else
#include "backends/cuda/emulate/language.hpp"
#endif
#include "backends/cuda/index.hpp"
#include "backends/cuda/reduce.hpp"
#include "backends/cuda/refuse.hpp"
#include "backends/cuda/vector.hpp"
#include "backends/dispatch.hpp"

namespace weft::cuda {
using namespace kernels;

/// Blocks for `n` elements, `per_thread` of them to a thread; enough to fill a large GPU, kernels
/// loop over the rest.
inline LaunchShape shape_for(std::int64_t n, std::int64_t per_thread = 1, int threads = 256) {
  constexpr std::int64_t most = multiprocessors * 16;
  const std::int64_t per_block = per_thread * threads;
  const std::int64_t blocks = (n + per_block - 1) / per_block;
  return {.blocks = static_cast<unsigned>(blocks < most ? blocks : most),
          .threads = static_cast<unsigned>(threads)};
}

/// A block to each of `rows` rows of `size` elements; small rows get small blocks.
inline LaunchShape shape_for_rows(std::int64_t rows, std::int64_t size) {
  constexpr std::int64_t most = multiprocessors * 32;
  unsigned threads = warp_size;
  while (threads < 256 && threads < size) threads *= 2;
  return {.blocks = static_cast<unsigned>(rows < most ? rows : most), .threads = threads};
}

/// Adds an op's kernel. One that a library is expected to be faster than is added as a reference.
inline void add_kernel(KernelTable& table, std::string_view op,
                       PreparedKernel (*prepare)(const KernelRequest&, std::string&)) {
  table.add(op, {.name = "cuda", .reference = false, .prepare = prepare});
}

}  // namespace weft::cuda
