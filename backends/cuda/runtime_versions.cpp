#include <cublasLt.h>
#include <cudnn.h>
#include <fmt/core.h>

#include "backends/cuda/runtime_api.hpp"

namespace weft::cuda {
namespace {

/// 91900 -> "9.19.0": the form of cuDNN's and cuBLASLt's.
std::string library_version(std::size_t version) {
  return fmt::format("{}.{}.{}", version / 10000, version % 10000 / 100, version % 100);
}

}  // namespace

std::string library_problem() {
  constexpr std::size_t oldest = 90800;
  const std::size_t found = cudnnGetVersion();
  if (found >= oldest) return {};
  return fmt::format(
      "cuda: cuDNN is too old. Expected: {} or newer. Received: {}. Install a newer one (package "
      "cudnn9-cuda-13, or pip's nvidia-cudnn-cu13).",
      library_version(oldest), library_version(found));
}

std::string cuda_version(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

std::string runtime_versions() {
  int driver = 0, runtime = 0;
  static_cast<void>(cudaDriverGetVersion(&driver));  // 0 without one, and no error
  static_cast<void>(cudaRuntimeGetVersion(&runtime));
  return fmt::format("CUDA {}, {}, cuDNN {}, cuBLASLt {}", cuda_version(runtime),
                     driver == 0 ? "no driver" : "driver for CUDA " + cuda_version(driver),
                     library_version(cudnnGetVersion()), library_version(cublasLtGetVersion()));
}

}  // namespace weft::cuda
