// Sums and other reductions over the threads of a warp and of a block, always in the same order.
#pragma once
#include "backends/cuda/index.hpp"
#include "core/functors/math.h"

namespace weft::cuda {

struct Sum {
  template <class T>
  WEFT_HD T operator()(T a, T b) const {
    return math::add(a, b);
  }
};
/// NaN when one is NaN.
struct Max {
  template <class T>
  WEFT_HD T operator()(T a, T b) const {
    return math::max(a, b);
  }
};
struct Min {
  template <class T>
  WEFT_HD T operator()(T a, T b) const {
    return math::min(a, b);
  }
};

inline constexpr unsigned all_lanes = 0xffffffffu;

/// The result in every thread of the warp. All threads of the warp must come here.
template <class T, class F>
__device__ __forceinline__ T warp_reduce(T value, F combine) {
  for (int lanes = warp_size / 2; lanes > 0; lanes /= 2)
    value = combine(value, __shfl_xor_sync(all_lanes, value, lanes));
  return value;
}

/// The result in every thread of the block, `neutral` standing in for missing warps. All threads of
/// the block must come here.
template <class T, class F>
__device__ __forceinline__ T block_reduce(T value, T neutral, F combine) {
  WEFT_SHARED(T, partial, warp_size);
  const unsigned lane = threadIdx.x % warp_size, warp = threadIdx.x / warp_size;
  value = warp_reduce(value, combine);
  __syncthreads();  // what a call before this one left has been read
  if (lane == 0) partial[warp] = value;
  __syncthreads();
  const unsigned warps = (blockDim.x + warp_size - 1) / warp_size;
  value = lane < warps ? partial[lane] : neutral;
  return warp_reduce(value, combine);
}

}  // namespace weft::cuda
