// Running sums over the threads of a warp and of a block, always in the same order.
#pragma once
#include "backends/cuda/reduce.hpp"

namespace weft::cuda {

/// The sum of the values of this lane and those below it. All threads of the warp must come here.
template <class T>
__device__ __forceinline__ T warp_scan(T value) {
  const unsigned lane = threadIdx.x % warp_size;
  for (unsigned distance = 1; distance < warp_size; distance *= 2) {
    const T below = static_cast<T>(__shfl_up_sync(all_lanes, value, distance));
    if (lane >= distance) value = math::add(below, value);
  }
  return value;
}

/// The sum of the values of the threads below this one; of all in `total`. All threads of the block
/// must come here.
template <class T>
__device__ __forceinline__ T block_scan(T value, T& total) {
  WEFT_SHARED(T, sums, warp_size);
  const unsigned lane = threadIdx.x % warp_size, warp = threadIdx.x / warp_size,
                 warps = blockDim.x / warp_size;
  const T with_own = warp_scan(value);
  const T shifted = static_cast<T>(__shfl_up_sync(all_lanes, with_own, 1));
  const T below = lane == 0 ? T(0) : shifted;
  __syncthreads();  // what a call before this one left has been read
  if (lane == warp_size - 1) sums[warp] = with_own;
  __syncthreads();
  const T of_warps = warp_scan(lane < warps ? sums[lane] : T(0));
  total = static_cast<T>(__shfl_sync(all_lanes, of_warps, static_cast<int>(warps) - 1));
  const T before =
      static_cast<T>(__shfl_sync(all_lanes, of_warps, warp == 0 ? 0 : static_cast<int>(warp) - 1));
  return warp == 0 ? below : math::add(before, below);
}

}  // namespace weft::cuda
