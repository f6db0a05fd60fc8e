// The few calls of a CUDA driver that weft's host code makes. runtime_api.cpp makes them of the
// CUDA runtime; emulate/host_api.cpp of this machine's memory, so that allocator, streams and
// capture are tested where no GPU is.
#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include "core/driver_counts.hpp"

namespace weft::cuda {

/// What a device is.
struct DeviceProperties {
  std::string name;
  int major = 0, minor = 0;  ///< compute capability
  std::size_t memory_bytes = 0;
  std::string versions = {};  ///< of the software that drives it; empty: emulated
};

using StreamHandle = void*;
using EventHandle = void*;
using GraphHandle = void*;  ///< instantiated

/// Calls throw DeviceError with the driver's words when they fail; those that allocate return null
/// where there is no memory. All but the first two work on the calling thread's current device.
class DeviceApi {
 public:
  virtual ~DeviceApi() = default;
  virtual int device_count() = 0;
  virtual DeviceProperties properties(int device) = 0;
  virtual void set_device(int device) = 0;

  virtual void* allocate(std::size_t bytes) = 0;
  virtual void free(void* memory) noexcept = 0;
  /// Host memory that a copy reads or writes while the host goes on, and kernels see.
  virtual void* allocate_pinned(std::size_t bytes) = 0;
  virtual void free_pinned(void* memory) noexcept = 0;
  /// Says how many bytes of an allocated block are in use from now on, 0: none, it is kept for
  /// later. The emulated device finds who reads or writes the others.
  virtual void lend(void* /*memory*/, std::size_t /*bytes*/) noexcept {}
  /// Bytes free on the device, and in all.
  virtual void memory_info(std::size_t& free_bytes, std::size_t& total_bytes) = 0;

  virtual StreamHandle create_stream() = 0;
  virtual void destroy_stream(StreamHandle stream) noexcept = 0;
  virtual void synchronize(StreamHandle stream) = 0;
  virtual EventHandle create_event() = 0;
  virtual void destroy_event(EventHandle event) noexcept = 0;
  virtual void record(EventHandle event, StreamHandle stream) = 0;
  /// What is put on the stream later runs after the event.
  virtual void wait(StreamHandle stream, EventHandle event) = 0;
  virtual void synchronize_event(EventHandle event) = 0;

  /// Whether a copy from there may read it after the call that asks for the copy has returned:
  /// pinned memory, perhaps the caller's own.
  virtual bool reads_later(const void* /*host*/) { return false; }
  // Ordered on the stream.
  virtual void copy_to_device(void* to, const void* host, std::size_t bytes,
                              StreamHandle stream) = 0;
  virtual void copy_to_host(void* host, const void* from, std::size_t bytes,
                            StreamHandle stream) = 0;
  virtual void copy(void* to, const void* from, std::size_t bytes, StreamHandle stream) = 0;
  virtual void fill_zero(void* memory, std::size_t bytes, StreamHandle stream) = 0;

  /// From here to end_capture what is put on the stream is recorded, not run.
  virtual void begin_capture(StreamHandle stream) = 0;
  /// Null when what was put on the stream cannot be recorded.
  virtual GraphHandle end_capture(StreamHandle stream) = 0;
  virtual void launch_graph(GraphHandle graph, StreamHandle stream) = 0;
  virtual void destroy_graph(GraphHandle graph) noexcept = 0;

  using Counts = weft::detail::DriverCounts;
  virtual Counts counts() const = 0;
};

/// The CUDA runtime's; throws DeviceError, saying what is missing, where there is no usable device.
/// In the emulated plug-in: this machine's.
std::shared_ptr<DeviceApi> make_device_api();

}  // namespace weft::cuda
