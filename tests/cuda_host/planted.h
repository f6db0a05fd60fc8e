// Kernels with a mistake each, and the right ones beside them.
#pragma once
#include "backends/cuda/emulate/language.hpp"

namespace weft::test {

/// y is x the other way round, by way of shared memory; without the barrier a race.
template <bool with_barrier>
__global__ void reverse_kernel(const float* x, float* y) {
  WEFT_SHARED(float, parts, 1024);
  parts[threadIdx.x] = x[threadIdx.x];
  if (with_barrier) __syncthreads();
  y[threadIdx.x] = parts[blockDim.x - 1 - threadIdx.x];
}

/// Every block writes its number into the same place, the right one into its own.
template <bool own_place>
__global__ void name_kernel(unsigned* y) {
  if (threadIdx.x == 0) y[own_place ? blockIdx.x : 0] = blockIdx.x;
}

}  // namespace weft::test
