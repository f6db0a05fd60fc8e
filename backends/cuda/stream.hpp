// What the `stream` of KernelArgs points to on a CUDA device.
#pragma once
#include <memory>

#include "backends/cuda/device_api.hpp"
#include "backends/cuda/refusal.hpp"

namespace weft::cuda {

/// Where this thread puts its work while it captures; null otherwise.
StreamHandle& capturing_handle();

struct Stream {
  DeviceApi* api = nullptr;
  StreamHandle own = nullptr;
  int device = 0;
  RefusalTable refusals = {};  ///< in device memory

  StreamHandle handle() const {
    StreamHandle capturing = capturing_handle();
    return capturing != nullptr ? capturing : own;
  }
};

inline Stream& stream_of(void* stream) { return *static_cast<Stream*>(stream); }

/// For its lifetime this thread's work goes to a stream of its own, which captures.
class CaptureStream {
 public:
  explicit CaptureStream(const Stream& of) : api_(of.api), handle_(of.api->create_stream()) {
    capturing_handle() = handle_;
  }
  ~CaptureStream() {
    capturing_handle() = nullptr;
    api_->destroy_stream(handle_);
  }
  CaptureStream(const CaptureStream&) = delete;
  CaptureStream& operator=(const CaptureStream&) = delete;
  StreamHandle handle() const { return handle_; }

 private:
  DeviceApi* api_;
  StreamHandle handle_;
};

}  // namespace weft::cuda
