// The emulated device as tests see it: what it was asked for, and what goes wrong when.
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "backends/cuda/device_api.hpp"

namespace weft::cuda::emulate {

class GuardedMemory;

/// How the emulated devices behave. Read when a device API is made and at each call.
struct HostOptions {
  int devices = 1;
  std::size_t memory_bytes = std::size_t{1} << 34;  ///< of each device
  int major = 9, minor = 0;
  /// Work waits until somebody synchronises, as on a GPU that is far behind; otherwise it is done
  /// at once. WEFT_EMULATE_LAZY=1.
  bool lazy = false;
  /// Host code that touches the device's memory is stopped (guarded_memory.hpp): it costs time.
  /// WEFT_EMULATE_GUARD=1. Read when the API is made.
  bool guard_memory = false;
  /// The call of this number, counted from here, fails; 0: none does. A launch is a call too; what
  /// gives back is none, because it cannot fail.
  std::size_t fail_at = 0;
  bool record_calls = false;  ///< for calls()
};

/// WEFT_EMULATED_DEVICES, WEFT_EMULATE_LAZY, WEFT_EMULATE_GUARD, and otherwise the defaults.
HostOptions options_from_environment();

/// A device API on this machine's memory. It refuses what CUDA refuses (memory of another device or
/// of the host, work that a capture forbids to its thread), fills new memory with 0xff, and says
/// to AddressSanitizer what of a block is in use.
class HostApi : public DeviceApi {
 public:
  explicit HostApi(HostOptions options);
  ~HostApi() override;
  HostApi(const HostApi&) = delete;
  HostApi& operator=(const HostApi&) = delete;

  int device_count() override;
  DeviceProperties properties(int device) override;
  void set_device(int device) override;
  void* allocate(std::size_t bytes) override;
  void free(void* memory) noexcept override;
  void* allocate_pinned(std::size_t bytes) override;
  void free_pinned(void* memory) noexcept override;
  void memory_info(std::size_t& free_bytes, std::size_t& total_bytes) override;
  StreamHandle create_stream() override;
  void destroy_stream(StreamHandle stream) noexcept override;
  void synchronize(StreamHandle stream) override;
  EventHandle create_event() override;
  void destroy_event(EventHandle event) noexcept override;
  void record(EventHandle event, StreamHandle stream) override;
  void wait(StreamHandle stream, EventHandle event) override;
  void synchronize_event(EventHandle event) override;
  void copy_to_device(void* to, const void* host, std::size_t bytes, StreamHandle stream) override;
  void copy_to_host(void* host, const void* from, std::size_t bytes, StreamHandle stream) override;
  void copy(void* to, const void* from, std::size_t bytes, StreamHandle stream) override;
  void fill_zero(void* memory, std::size_t bytes, StreamHandle stream) override;
  void begin_capture(StreamHandle stream) override;
  GraphHandle end_capture(StreamHandle stream) override;
  void launch_graph(GraphHandle graph, StreamHandle stream) override;
  void destroy_graph(GraphHandle graph) noexcept override;
  void lend(void* memory, std::size_t bytes) noexcept override;
  Counts counts() const override;

  /// Not while other threads use the device.
  HostOptions& options();
  /// The names of the calls since clear_calls while record_calls was on, in order: "allocate",
  /// "launch", ...
  std::vector<std::string> calls() const;
  void clear_calls();
  /// Blocks, streams, events and graphs that were made and not given back.
  std::size_t live_objects() const;
  std::size_t used_bytes() const;
  /// What CUDA would have refused in calls that cannot say so: memory freed twice, or in a capture.
  std::vector<std::string> mistakes() const;

  // For launches, and for work that tests put on a stream.
  void enqueue(StreamHandle stream, std::function<void()> work);
  void check_pointer(StreamHandle stream, const void* p) const;
  /// Null unless the device's memory is guarded.
  GuardedMemory* guarded() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Does something in the order of a stream of any HostApi.
void enqueue(void* stream, std::function<void()> work);

}  // namespace weft::cuda::emulate
