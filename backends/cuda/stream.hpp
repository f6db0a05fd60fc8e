// What the `stream` of KernelArgs points to on a CUDA device.
#pragma once
#include <utility>

#include "backends/cuda/device_api.hpp"
#include "backends/cuda/refusal.hpp"

namespace weft::cuda {

struct Stream;

/// What this thread captures: the stream that stands for a device's common one meanwhile.
struct Capture {
  const Stream* of = nullptr;
  StreamHandle handle = nullptr;
};
/// Both null while it captures nothing.
Capture& present_capture();

struct Stream {
  DeviceApi* api = nullptr;
  StreamHandle own = nullptr;
  int device = 0;
  RefusalTable refusals = {};  ///< in device memory

  bool is_captured() const { return present_capture().of == this; }
  StreamHandle handle() const { return is_captured() ? present_capture().handle : own; }
};

inline Stream& stream_of(void* stream) { return *static_cast<Stream*>(stream); }

/// For its lifetime this thread's work goes to a stream of its own, which captures.
class CaptureStream {
 public:
  explicit CaptureStream(const Stream& of)
      : api_(of.api),
        handle_(of.api->create_stream()),
        outer_(std::exchange(present_capture(), {&of, handle_})) {}
  ~CaptureStream() {
    present_capture() = outer_;
    api_->destroy_stream(handle_);
  }
  CaptureStream(const CaptureStream&) = delete;
  CaptureStream& operator=(const CaptureStream&) = delete;
  StreamHandle handle() const { return handle_; }

 private:
  DeviceApi* api_;
  StreamHandle handle_;
  Capture outer_;
};

}  // namespace weft::cuda
