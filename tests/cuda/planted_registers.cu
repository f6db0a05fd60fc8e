// Kernels for test_registers.sh: one as it should be, one that needs more registers than it may
// have, and one that is launched by more threads than its registers allow.

/// As many numbers at once as `many`: each of them is needed to the end.
template <int many>
__device__ void keep_many(float* x) {
  float at[many];
  for (int i = 0; i < many; ++i) at[i] = x[i * blockDim.x + threadIdx.x];
  for (int round = 0; round < 3; ++round) {
#pragma unroll
    for (int i = 0; i < many; ++i) at[i] = at[i] * at[(i * 7 + 3) % many] + at[(i + 1) % many];
  }
  for (int i = 0; i < many; ++i) x[i * blockDim.x + threadIdx.x] = at[i];
}

__global__ void fine_kernel(float* x) { x[threadIdx.x] += 1; }

#ifdef WEFT_PLANTED_SPILL
__global__ void __launch_bounds__(1024) spilling_kernel(float* x) { keep_many<96>(x); }
#endif

#ifdef WEFT_PLANTED_WIDE
__global__ void wide_kernel(float* x) { keep_many<64>(x); }
#endif
