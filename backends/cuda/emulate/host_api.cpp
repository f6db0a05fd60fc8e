#include "backends/cuda/emulate/host_api.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <string_view>

namespace weft::cuda::emulate {
namespace {

using Work = std::function<void()>;

struct Recording {
  std::vector<Work> work;
};

// One lock for all streams: work of one may wait for another.
std::recursive_mutex& mutex() {
  static auto* m = new std::recursive_mutex;
  return *m;
}
using Lock = std::lock_guard<std::recursive_mutex>;

struct QueuedStream {
  std::deque<Work> queue;
  std::unique_ptr<Recording> recording;  // while it captures
  bool lazy = false, spoilt = false;

  void put(Work work) {
    if (recording) {
      recording->work.push_back(std::move(work));
      return;
    }
    queue.push_back(std::move(work));
    if (!lazy) drain();
  }
  void drain() {
    while (!queue.empty()) {
      const Work work = std::move(queue.front());
      queue.pop_front();
      work();
    }
  }
};

struct QueuedEvent {
  QueuedStream* stream = nullptr;
  bool done = true;
  int number = 0;  // grows with each record: a wait is for the record before it

  void complete() {
    while (!done && stream != nullptr && !stream->queue.empty()) {
      const Work work = std::move(stream->queue.front());
      stream->queue.pop_front();
      work();
    }
  }
};

QueuedStream& stream_at(void* handle) { return *static_cast<QueuedStream*>(handle); }
QueuedEvent& event_at(void* handle) { return *static_cast<QueuedEvent*>(handle); }

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && std::string_view(value) == "1";
}

constexpr std::size_t alignment = 256;

}  // namespace

struct HostApi::State {
  HostOptions options;
  Counts counts;
  std::vector<std::string> calls;
  std::map<void*, std::size_t> blocks, pinned;
  std::size_t used = 0, objects = 0;

  /// Notes a call; false when it is the one that fails.
  bool passes(const char* name) {
    ++counts.calls;
    calls.emplace_back(name);
    return options.fail_at == 0 || --options.fail_at != 0;
  }
  void must_pass(const char* name) {
    if (!passes(name)) throw DeviceError(fmt::format("emulated device: {} failed", name));
  }
  static void* memory(std::size_t bytes) {
    const std::size_t rounded =
        std::max(alignment, (bytes + alignment - 1) / alignment * alignment);
    void* p = std::aligned_alloc(alignment, rounded);
    if (p != nullptr) std::memset(p, 0xff, rounded);  // nothing that anybody may count on
    return p;
  }
};

HostOptions options_from_environment() {
  HostOptions o;
  if (const char* devices = std::getenv("WEFT_EMULATED_DEVICES"); devices != nullptr)
    o.devices = std::atoi(devices);
  o.lazy = is_set("WEFT_EMULATE_LAZY");
  return o;
}

HostApi::HostApi(HostOptions options) : state_(std::make_unique<State>()) {
  state_->options = options;
}
HostApi::~HostApi() {
  for (const auto& [p, bytes] : state_->blocks) std::free(p);
  for (const auto& [p, bytes] : state_->pinned) std::free(p);
}

int HostApi::device_count() { return state_->options.devices; }

DeviceProperties HostApi::properties(int) {
  const HostOptions& o = state_->options;
  return {.name = "emulated on this machine",
          .major = o.major,
          .minor = o.minor,
          .multiprocessors = 4,
          .memory_bytes = o.memory_bytes,
          .l2_bytes = std::size_t{1} << 20,
          .shared_bytes_per_block = 227 * 1024};
}

void HostApi::set_device(int device) {
  if (device < 0 || device >= state_->options.devices)
    throw DeviceError(fmt::format("emulated device: there is no device {}", device));
}

void* HostApi::allocate(std::size_t bytes) {
  const Lock lock(mutex());
  ++state_->counts.allocations;
  if (!state_->passes("allocate") || state_->used + bytes > state_->options.memory_bytes)
    return nullptr;
  void* p = State::memory(bytes);
  if (p == nullptr) return nullptr;
  state_->blocks[p] = bytes;
  state_->used += bytes;
  return p;
}

void HostApi::free(void* memory) noexcept {
  const Lock lock(mutex());
  const auto found = state_->blocks.find(memory);
  if (found == state_->blocks.end()) return;
  state_->used -= found->second;
  state_->blocks.erase(found);
  std::free(memory);
}

void* HostApi::allocate_pinned(std::size_t bytes) {
  const Lock lock(mutex());
  ++state_->counts.allocations;
  if (!state_->passes("allocate_pinned")) return nullptr;
  void* p = State::memory(bytes);
  if (p != nullptr) state_->pinned[p] = bytes;
  return p;
}

void HostApi::free_pinned(void* memory) noexcept {
  const Lock lock(mutex());
  if (state_->pinned.erase(memory) != 0) std::free(memory);
}

void HostApi::memory_info(std::size_t& free_bytes, std::size_t& total_bytes) {
  const Lock lock(mutex());
  total_bytes = state_->options.memory_bytes;
  free_bytes = total_bytes - state_->used;
}

StreamHandle HostApi::create_stream() {
  const Lock lock(mutex());
  state_->must_pass("create_stream");
  ++state_->objects;
  auto* stream = new QueuedStream;
  stream->lazy = state_->options.lazy;
  return stream;
}

void HostApi::destroy_stream(StreamHandle stream) noexcept {
  const Lock lock(mutex());
  --state_->objects;
  delete &stream_at(stream);
}

void HostApi::synchronize(StreamHandle stream) {
  const Lock lock(mutex());
  ++state_->counts.waits;
  state_->must_pass("synchronize");
  QueuedStream& s = stream_at(stream);
  if (s.recording) {
    s.spoilt = true;
    throw DeviceError("emulated device: a stream that captures cannot be waited for");
  }
  s.drain();
}

EventHandle HostApi::create_event() {
  const Lock lock(mutex());
  state_->must_pass("create_event");
  ++state_->objects;
  return new QueuedEvent;
}

void HostApi::destroy_event(EventHandle event) noexcept {
  const Lock lock(mutex());
  --state_->objects;
  delete &event_at(event);
}

void HostApi::record(EventHandle event, StreamHandle stream) {
  const Lock lock(mutex());
  state_->must_pass("record");
  QueuedEvent& e = event_at(event);
  e.stream = &stream_at(stream);
  e.done = false;
  const int number = ++e.number;
  e.stream->put([&e, number] { e.done = e.done || e.number == number; });
}

void HostApi::wait(StreamHandle stream, EventHandle event) {
  const Lock lock(mutex());
  state_->must_pass("wait");
  QueuedEvent& e = event_at(event);
  stream_at(stream).put([&e] { e.complete(); });
}

void HostApi::synchronize_event(EventHandle event) {
  const Lock lock(mutex());
  ++state_->counts.waits;
  state_->must_pass("synchronize_event");
  event_at(event).complete();
}

void HostApi::copy_to_device(void* to, const void* host, std::size_t bytes, StreamHandle stream) {
  const Lock lock(mutex());
  state_->must_pass("copy_to_device");
  if (bytes == 0) return;
  if (state_->pinned.upper_bound(const_cast<void*>(host)) != state_->pinned.begin()) {
    // Pinned memory is read when the copy runs, other memory now.
    const auto block = std::prev(state_->pinned.upper_bound(const_cast<void*>(host)));
    const auto* begin = static_cast<const std::byte*>(block->first);
    if (static_cast<const std::byte*>(host) < begin + block->second) {
      stream_at(stream).put([=] { std::memcpy(to, host, bytes); });
      return;
    }
  }
  const auto* first = static_cast<const std::byte*>(host);
  stream_at(stream).put([to, now = std::vector<std::byte>(first, first + bytes)] {
    std::memcpy(to, now.data(), now.size());
  });
}

void HostApi::copy_to_host(void* host, const void* from, std::size_t bytes, StreamHandle stream) {
  const Lock lock(mutex());
  state_->must_pass("copy_to_host");
  stream_at(stream).put([=] {
    if (bytes != 0) std::memcpy(host, from, bytes);
  });
}

void HostApi::copy(void* to, const void* from, std::size_t bytes, StreamHandle stream) {
  const Lock lock(mutex());
  state_->must_pass("copy");
  stream_at(stream).put([=] {
    if (bytes != 0) std::memmove(to, from, bytes);
  });
}

void HostApi::fill_zero(void* memory, std::size_t bytes, StreamHandle stream) {
  const Lock lock(mutex());
  state_->must_pass("fill_zero");
  stream_at(stream).put([=] {
    if (bytes != 0) std::memset(memory, 0, bytes);
  });
}

void HostApi::begin_capture(StreamHandle stream) {
  const Lock lock(mutex());
  state_->must_pass("begin_capture");
  QueuedStream& s = stream_at(stream);
  s.recording = std::make_unique<Recording>();
  s.spoilt = false;
}

GraphHandle HostApi::end_capture(StreamHandle stream) {
  const Lock lock(mutex());
  const bool passes = state_->passes("end_capture");
  QueuedStream& s = stream_at(stream);
  std::unique_ptr<Recording> recording = std::move(s.recording);
  if (!passes || s.spoilt || recording == nullptr) return nullptr;
  ++state_->objects;
  return recording.release();
}

void HostApi::launch_graph(GraphHandle graph, StreamHandle stream) {
  const Lock lock(mutex());
  state_->must_pass("launch_graph");
  const auto* recording = static_cast<const Recording*>(graph);
  for (const Work& work : recording->work) stream_at(stream).put(work);
}

void HostApi::destroy_graph(GraphHandle graph) noexcept {
  const Lock lock(mutex());
  --state_->objects;
  delete static_cast<Recording*>(graph);
}

DeviceApi::Counts HostApi::counts() const {
  const Lock lock(mutex());
  return state_->counts;
}

HostOptions& HostApi::options() { return state_->options; }

std::vector<std::string> HostApi::calls() const {
  const Lock lock(mutex());
  return state_->calls;
}

void HostApi::clear_calls() {
  const Lock lock(mutex());
  state_->calls.clear();
}

std::size_t HostApi::live_objects() const {
  const Lock lock(mutex());
  return state_->objects + state_->blocks.size() + state_->pinned.size();
}

std::size_t HostApi::used_bytes() const {
  const Lock lock(mutex());
  return state_->used;
}

void enqueue(void* stream, std::function<void()> work) {
  const Lock lock(mutex());
  stream_at(stream).put(std::move(work));
}

}  // namespace weft::cuda::emulate

namespace weft::cuda {
std::shared_ptr<DeviceApi> make_device_api() {
  return std::make_shared<emulate::HostApi>(emulate::options_from_environment());
}
}  // namespace weft::cuda
