// cuBLASLt's context of a device, and its errors as weft's.
#pragma once
#include <cublasLt.h>

#include <cstddef>
#include <mutex>
#include <string>

namespace weft::cuda::cublaslt {

/// Throws DeviceError naming the call, what it was for and cuBLASLt's words, unless `status` is
/// success.
void check(cublasStatus_t status, const char* call, const std::string& of);

/// One for a device, for all threads. NVIDIA's guide says that a handle may be shared by threads;
/// the header does not, and descriptors are shared here too: so calls are made under its lock.
class Handle {
 public:
  /// The current device's. It is made at first need, outside a capture, and never given back: at
  /// the end of the process the driver may be gone first.
  static Handle& of_current_device();
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  cublasLtHandle_t get() const { return handle_; }
  std::mutex& mutex() { return mutex_; }
  /// Of one product: what NVIDIA recommends for the device's generation.
  std::size_t workspace_limit() const { return workspace_limit_; }

 private:
  explicit Handle(int device);

  std::mutex mutex_;
  cublasLtHandle_t handle_ = nullptr;
  std::size_t workspace_limit_;
};

/// For devices of compute capability `major`.
std::size_t workspace_limit(int major);

}  // namespace weft::cuda::cublaslt
