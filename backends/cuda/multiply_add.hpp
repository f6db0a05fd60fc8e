// The inner operation of products.
#pragma once
#include "backends/cuda/kernel.hpp"

namespace weft::cuda {

/// x * y + sum; on a GPU rounded once where it is floating.
template <class C>
__device__ __forceinline__ C multiply_add(C x, C y, C sum) {
#if defined(__CUDA_ARCH__)
  if constexpr (std::is_floating_point_v<C>) return ::fma(x, y, sum);
#endif
  return x * y + sum;
}

}  // namespace weft::cuda
