// A CUDA backend on an emulated device, and something to train on it without the rest of weft.
#pragma once
#include <memory>
#include <vector>

#include "backends/cuda/cuda_backend.hpp"
#include "backends/cuda/emulate/host_api.hpp"
#include "backends/cuda/kernel.hpp"

namespace weft::test {

struct EmulatedBackend {
  explicit EmulatedBackend(const cuda::emulate::HostOptions& options = {})
      : api(std::make_shared<cuda::emulate::HostApi>(options)),
        backend(std::make_shared<cuda::CudaBackend>(api, 0)) {}
  cuda::CudaBackend* operator->() const { return backend.get(); }
  cuda::CudaBackend& operator*() const { return *backend; }

  std::shared_ptr<cuda::emulate::HostApi> api;
  std::shared_ptr<cuda::CudaBackend> backend;
};

/// float32 numbers on a device.
class Numbers {
 public:
  Numbers(cuda::CudaBackend& backend, const std::vector<float>& values);
  ~Numbers();
  Numbers(const Numbers&) = delete;
  Numbers& operator=(const Numbers&) = delete;
  float* data() const { return data_; }
  std::size_t bytes() const { return size_ * sizeof(float); }
  /// Waits for the device.
  std::vector<float> read() const;

 private:
  cuda::CudaBackend& backend_;
  std::size_t size_;
  float* data_;
};

/// w x is to become t, element by element, by steps down the gradient. A step refuses an x above
/// 1000: "element 3 is too large: 2000", and leaves w as it is.
class Training {
 public:
  explicit Training(cuda::CudaBackend& backend);
  /// Puts one step on the device's stream.
  void step();
  std::vector<float> weights() const { return w.read(); }
  /// What w is after so many steps.
  static std::vector<float> expected(int steps);

  static constexpr int size = 70;
  cuda::CudaBackend& backend;
  std::shared_ptr<const int> place;
  Numbers x, t, w, g;
};

/// Batches through a feed, steps one by one and recorded, and what they come to: the calls that
/// training makes of a device. It gives everything back, whatever fails.
std::vector<float> train(cuda::CudaBackend& backend);
inline constexpr int steps_of_train = 6;

/// Once for the process: "cuda:0" and "cuda:1", emulated, with the CPU's kernels run in the order
/// of their streams. Kernels of all ops, then, also where CUDA's are not compiled in.
cuda::emulate::HostApi& registered_devices();

}  // namespace weft::test
