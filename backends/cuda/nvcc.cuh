// launch and shared memory as nvcc has them.
#pragma once
#include <cuda_runtime.h>
#include <weft/core/error.h>

#include <string>

#include "backends/cuda/launch_shape.hpp"
#include "backends/cuda/stream.hpp"

/// T name[n], one for each block.
#define WEFT_SHARED(T, name, n) __shared__ T name[n]

namespace weft::cuda {

/// The shared memory that the launch asks for.
template <class T>
__device__ __forceinline__ T* dynamic_shared() {
  extern __shared__ __align__(16) unsigned char weft_dynamic_shared[];
  return reinterpret_cast<T*>(weft_dynamic_shared);
}

/// Puts kernel(args...) on the stream of KernelArgs. Throws DeviceError when the device does not
/// take it, OutOfMemory when there is no memory to load it.
template <class... P, class... A>
void launch(void (*kernel)(P...), const LaunchShape& shape, void* stream, A... args) {
  if (shape.blocks == 0 || shape.blocks_y == 0 || shape.blocks_z == 0) return;
  constexpr std::size_t without_asking = 48 * 1024;
  cudaError_t status = cudaSuccess;
  if (shape.shared_bytes > without_asking) {
    status = cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                  static_cast<int>(shape.shared_bytes));
  }
  if (status == cudaSuccess) {
    cudaLaunchConfig_t config = {};
    config.gridDim = dim3(shape.blocks, shape.blocks_y, shape.blocks_z);
    config.blockDim = dim3(shape.threads);
    config.dynamicSmemBytes = shape.shared_bytes;
    config.stream = static_cast<cudaStream_t>(stream_of(stream).handle());
    status = cudaLaunchKernelEx(&config, kernel, static_cast<P>(args)...);
  }
  if (status == cudaSuccess) return;
  static_cast<void>(cudaGetLastError());  // or the next call would be blamed
  const std::string text =
      std::string("cuda: a kernel was not launched: ") + cudaGetErrorString(status);
  if (status == cudaErrorMemoryAllocation) throw OutOfMemory(text);
  throw DeviceError(text);
}

}  // namespace weft::cuda
