// An emulated device for tests of kernels: one stream, and memory by the array.
#pragma once
#include <cstring>
#include <vector>

#include "backends/cuda/emulate/host_api.hpp"
#include "backends/cuda/kernel.hpp"

namespace weft::test {

class EmulatedDevice {
 public:
  explicit EmulatedDevice(const cuda::emulate::HostOptions& options = {}) : api(options) {
    stream_.api = &api;
    stream_.own = api.create_stream();
  }
  ~EmulatedDevice() {
    for (void* p : memory_) api.free(p);
    api.destroy_stream(stream_.own);
  }
  EmulatedDevice(const EmulatedDevice&) = delete;
  EmulatedDevice& operator=(const EmulatedDevice&) = delete;

  /// What kernels are launched on: the `stream` of KernelArgs.
  void* stream() { return &stream_; }
  template <class T>
  T* make(std::size_t n) {
    memory_.push_back(api.allocate(n * sizeof(T)));
    return static_cast<T*>(memory_.back());
  }
  template <class T>
  T* make(const std::vector<T>& values) {
    T* p = make<T>(values.size());
    api.copy_to_device(p, values.data(), values.size() * sizeof(T), stream_.own);
    return p;
  }
  /// Waits for the kernels.
  template <class T>
  std::vector<T> read(const T* p, std::size_t n) {
    std::vector<T> values(n);
    api.copy_to_host(values.data(), p, n * sizeof(T), stream_.own);
    api.synchronize(stream_.own);
    return values;
  }

  cuda::emulate::HostApi api;

 private:
  cuda::Stream stream_;
  std::vector<void*> memory_;
};

/// How kernels are run for a scope.
class RunKernels {
 public:
  explicit RunKernels(cuda::emulate::Order order, bool on_threads = false) {
    cuda::emulate::set_order(order);
    cuda::emulate::set_on_threads(on_threads);
  }
  ~RunKernels() {
    cuda::emulate::set_order(cuda::emulate::Order::forward);
    cuda::emulate::set_on_threads(false);
  }
  RunKernels(const RunKernels&) = delete;
  RunKernels& operator=(const RunKernels&) = delete;
};

}  // namespace weft::test
