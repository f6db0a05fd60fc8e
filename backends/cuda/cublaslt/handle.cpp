#include "backends/cuda/cublaslt/handle.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <map>

#include "backends/cuda/runtime_api.hpp"

namespace weft::cuda::cublaslt {

void check(cublasStatus_t status, const char* call, const std::string& of) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw DeviceError(fmt::format("cuda: {} failed for {}: {} ({}).", call, of,
                                cublasLtGetStatusName(status), cublasLtGetStatusString(status)));
}

std::size_t workspace_limit(int major) {
  constexpr std::size_t mebibyte = std::size_t{1} << 20;
  return (major >= 9 ? 32 : 4) * mebibyte;
}

Handle::Handle(int device) {
  int major = 0;
  cuda::check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device),
              "cudaDeviceGetAttribute");
  workspace_limit_ = cublaslt::workspace_limit(major);
  check(cublasLtCreate(&handle_), "cublasLtCreate", fmt::format("cuda:{}", device));
}

Handle& Handle::of_current_device() {
  static std::mutex mutex;
  static auto* handles = new std::map<int, Handle*>;
  int device = 0;
  cuda::check(cudaGetDevice(&device), "cudaGetDevice");
  const std::lock_guard lock(mutex);
  Handle*& handle = (*handles)[device];
  if (handle == nullptr) handle = new Handle(device);
  return *handle;
}

}  // namespace weft::cuda::cublaslt
