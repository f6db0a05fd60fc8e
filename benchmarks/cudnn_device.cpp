// The GPU of this machine as cuDNN describes it, as JSON: what plans for it can be made from where
// it is not (backends/cuda/cudnn/devices).
#include <weft/core/error.h>

#include <cstdio>

#include "backends/cuda/cudnn/target.hpp"

using namespace weft::cuda::cudnn;

int main() try {
  cudnnHandle_t handle = nullptr;
  check(cudnnCreate(&handle), "making a handle");
  std::printf("%s\n", Target::of_handle(handle, 0).json().c_str());
} catch (const weft::Error& e) {
  std::fprintf(stderr, "cudnn_device: %s\n", e.what());
  return 1;
}
