#include "backends/cuda/emulate/host_api.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <string_view>

#include "backends/cuda/emulate/guarded_memory.hpp"
#include "backends/cuda/emulate/queue.hpp"
#include "backends/cuda/emulate/sanitizers.hpp"

namespace weft::cuda::emulate {
namespace {

constexpr std::size_t alignment = 256;
constexpr int rubbish = 0xff;  // what nobody may count on: NaN

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && std::string_view(value) == "1";
}

std::size_t rounded(std::size_t bytes) {
  return std::max(alignment, (bytes + alignment - 1) / alignment * alignment);
}

// A thread's current device, of the API that it has last set one of.
struct Current {
  const HostApi* api = nullptr;
  int device = 0;
};
Current& current() {
  static thread_local Current c;
  return c;
}

}  // namespace

std::recursive_mutex& device_mutex() {
  static auto* m = new std::recursive_mutex;
  return *m;
}

struct HostApi::State {
  struct Block {
    std::size_t bytes = 0;
    int device = 0;
  };
  using Blocks = std::map<const void*, Block>;

  HostOptions options;
  Counts counts;
  std::vector<std::string> calls, mistakes;
  Blocks blocks, pinned;
  std::map<int, std::size_t> used;  // by device
  std::set<QueuedStream*> streams;
  std::size_t events = 0, graphs = 0, recordings = 0;
  std::exception_ptr failure;  // of work that was done where nothing could be thrown
  std::unique_ptr<GuardedMemory> guarded;

  /// Notes a call; false when it is the one that fails.
  bool passes(const char* name) {
    ++counts.calls;
    if (options.record_calls) calls.emplace_back(name);
    return options.fail_at == 0 || --options.fail_at != 0;
  }
  void must_pass(const char* name) {
    if (!passes(name)) throw DeviceError(fmt::format("emulated device: {} failed", name));
  }
  void note(const char* name) {
    if (options.record_calls) calls.emplace_back(name);
  }

  /// Whether this thread captures. If it does that is spoilt, as by CUDA's calls in the mode
  /// ThreadLocal: what other threads do meanwhile is their affair.
  bool spoils() {
    bool any = false;
    for (QueuedStream* s : streams) {
      if (s->recording == nullptr || s->recording->by != std::this_thread::get_id()) continue;
      s->recording->spoilt = any = true;
    }
    return any;
  }
  void not_in_capture(const char* name) {
    if (spoils())
      throw DeviceError(fmt::format("emulated device: {} in a thread that captures", name));
  }

  static void* memory(std::size_t bytes) {
    void* p = std::aligned_alloc(alignment, rounded(bytes));
    if (p == nullptr) return nullptr;
    std::memset(p, rubbish, rounded(bytes));
    forbid(static_cast<std::byte*>(p) + bytes, rounded(bytes) - bytes);
    return p;
  }
  void* device_memory(std::size_t bytes) const {
    if (guarded == nullptr) return memory(bytes);
    void* p = guarded->take(bytes);
    if (p == nullptr) return nullptr;
    const GuardedMemory::Access access(guarded.get());
    std::memset(p, rubbish, bytes);
    forbid(static_cast<std::byte*>(p) + bytes, rounded(bytes) - bytes);
    return p;
  }
  static void release(const void* p, const Block& block) {
    permit(p, rounded(block.bytes));
    std::free(const_cast<void*>(p));
  }
  void release_device_memory(const void* p, const Block& block) const {
    if (guarded == nullptr)
      release(p, block);
    else
      guarded->release(const_cast<void*>(p), block.bytes);
  }
  static const Blocks::value_type* find(const Blocks& in, const void* p) {
    auto found = in.upper_bound(p);
    if (found == in.begin()) return nullptr;
    --found;
    const auto* begin = static_cast<const std::byte*>(found->first);
    // The end of a block is where an empty tensor may lie.
    return static_cast<const std::byte*>(p) <= begin + found->second.bytes ? &*found : nullptr;
  }
  bool is_pinned(const void* p) const { return find(pinned, p) != nullptr; }

  /// Throws unless `p` is memory that a device has, and `bytes` from there on.
  void check_memory(const char* name, const void* p, std::size_t bytes) const {
    const Blocks::value_type* found = find(blocks, p);
    if (found == nullptr) found = find(pinned, p);
    if (found == nullptr)
      throw DeviceError(fmt::format("emulated device: {} was given memory of the host", name));
    const auto offset = static_cast<std::size_t>(static_cast<const std::byte*>(p) -
                                                 static_cast<const std::byte*>(found->first));
    if (bytes > found->second.bytes - offset) {
      throw DeviceError(
          fmt::format("emulated device: {} leaves its memory. Expected: at most {} "
                      "bytes. Received: {}",
                      name, found->second.bytes - offset, bytes));
    }
  }
  // Memory is given back when the device has done with it, as cudaFree does.
  void finish(int device) noexcept {
    for (QueuedStream* s : streams) {
      if (s->device == device) s->drain_all(failure);
    }
  }
};

HostOptions options_from_environment() {
  HostOptions o;
  if (const char* devices = std::getenv("WEFT_EMULATED_DEVICES"); devices != nullptr)
    o.devices = std::atoi(devices);
  o.lazy = is_set("WEFT_EMULATE_LAZY");
  o.guard_memory = is_set("WEFT_EMULATE_GUARD");
  return o;
}

HostApi::HostApi(HostOptions options) : state_(std::make_unique<State>()) {
  state_->options = options;
  if (options.guard_memory) state_->guarded = std::make_unique<GuardedMemory>();
}
HostApi::~HostApi() {
  for (const auto& [p, block] : state_->blocks) state_->release_device_memory(p, block);
  for (const auto& [p, block] : state_->pinned) State::release(p, block);
}

int HostApi::device_count() {
  const DeviceLock lock(device_mutex());
  state_->must_pass("device_count");
  return state_->options.devices;
}

DeviceProperties HostApi::properties(int device) {
  const DeviceLock lock(device_mutex());
  state_->must_pass("properties");
  const HostOptions& o = state_->options;
  if (device < 0 || device >= o.devices)
    throw DeviceError(fmt::format("emulated device: there is no device {}", device));
  return {.name = "emulated on this machine",
          .major = o.major,
          .minor = o.minor,
          .memory_bytes = o.memory_bytes};
}

void HostApi::set_device(int device) {
  const DeviceLock lock(device_mutex());
  state_->must_pass("set_device");
  if (device < 0 || device >= state_->options.devices)
    throw DeviceError(fmt::format("emulated device: there is no device {}", device));
  current() = {this, device};
}

namespace {
int device_of(const HostApi* api) { return current().api == api ? current().device : 0; }
}  // namespace

void* HostApi::allocate(std::size_t bytes) {
  const DeviceLock lock(device_mutex());
  ++state_->counts.allocations;
  state_->not_in_capture("allocate");
  std::size_t& used = state_->used[device_of(this)];
  if (!state_->passes("allocate") || bytes > state_->options.memory_bytes ||
      used > state_->options.memory_bytes - bytes)
    return nullptr;
  void* p = state_->device_memory(bytes);
  if (p == nullptr) return nullptr;
  state_->blocks[p] = {bytes, device_of(this)};
  used += bytes;
  return p;
}

void HostApi::free(void* memory) noexcept {
  const DeviceLock lock(device_mutex());
  state_->note("free");
  const auto found = state_->blocks.find(memory);
  if (memory == nullptr) return;
  if (found == state_->blocks.end()) {
    state_->mistakes.emplace_back("free: memory that was not allocated");
    return;
  }
  if (state_->spoils()) {  // as with CUDA it stays
    state_->mistakes.emplace_back("free: in a thread that captures");
    return;
  }
  state_->finish(found->second.device);
  state_->used[found->second.device] -= found->second.bytes;
  state_->release_device_memory(memory, found->second);
  state_->blocks.erase(found);
}

void* HostApi::allocate_pinned(std::size_t bytes) {
  const DeviceLock lock(device_mutex());
  ++state_->counts.allocations;
  state_->not_in_capture("allocate_pinned");
  if (!state_->passes("allocate_pinned")) return nullptr;
  void* p = State::memory(bytes);
  if (p != nullptr) state_->pinned[p] = {bytes, device_of(this)};
  return p;
}

void HostApi::free_pinned(void* memory) noexcept {
  const DeviceLock lock(device_mutex());
  state_->note("free_pinned");
  const auto found = state_->pinned.find(memory);
  if (memory == nullptr) return;
  if (found == state_->pinned.end() || state_->spoils()) {
    state_->mistakes.emplace_back("free_pinned: not allocated, or in a thread that captures");
    return;
  }
  for (int i = 0; i < state_->options.devices; ++i) state_->finish(i);
  State::release(memory, found->second);
  state_->pinned.erase(found);
}

void HostApi::memory_info(std::size_t& free_bytes, std::size_t& total_bytes) {
  const DeviceLock lock(device_mutex());
  state_->must_pass("memory_info");
  total_bytes = state_->options.memory_bytes;
  free_bytes = total_bytes - state_->used[device_of(this)];
}

// Work that is still to be done knows nothing of its block's next user: then nothing is found.
void HostApi::lend(void* memory, std::size_t bytes) noexcept {
  const DeviceLock lock(device_mutex());
  const auto found = state_->blocks.find(memory);
  if (found == state_->blocks.end()) return;
  permit(memory, found->second.bytes);
  if (state_->options.lazy) return;
  const GuardedMemory::Access access(state_->guarded.get());
  std::memset(memory, rubbish, found->second.bytes);
  const std::size_t in_use = std::min(bytes, found->second.bytes);
  forbid(static_cast<std::byte*>(memory) + in_use, found->second.bytes - in_use);
}

StreamHandle HostApi::create_stream() {
  const DeviceLock lock(device_mutex());
  state_->must_pass("create_stream");
  auto stream = std::make_unique<QueuedStream>();
  stream->api = this;
  stream->device = device_of(this);
  stream->lazy = state_->options.lazy;
  state_->streams.insert(stream.get());
  return stream.release();
}

void HostApi::destroy_stream(StreamHandle stream) noexcept {
  const DeviceLock lock(device_mutex());
  state_->note("destroy_stream");
  QueuedStream& s = stream_at(stream);
  s.drain_all(state_->failure);
  state_->streams.erase(&s);
  delete &s;
}

void HostApi::synchronize(StreamHandle stream) {
  const DeviceLock lock(device_mutex());
  ++state_->counts.waits;
  state_->must_pass("synchronize");
  state_->not_in_capture("synchronize");
  QueuedStream& s = stream_at(stream);
  if (s.recording != nullptr) {
    s.recording->spoilt = true;
    throw DeviceError("emulated device: a stream that captures cannot be waited for");
  }
  s.drain();
  if (state_->failure) std::rethrow_exception(std::exchange(state_->failure, nullptr));
}

EventHandle HostApi::create_event() {
  const DeviceLock lock(device_mutex());
  state_->must_pass("create_event");
  ++state_->events;
  return new QueuedEvent;
}

void HostApi::destroy_event(EventHandle event) noexcept {
  const DeviceLock lock(device_mutex());
  state_->note("destroy_event");
  --state_->events;
  delete &event_at(event);
}

void HostApi::record(EventHandle event, StreamHandle stream) {
  const DeviceLock lock(device_mutex());
  state_->must_pass("record");
  QueuedStream& s = stream_at(stream);
  auto record = std::make_shared<Record>();
  record->stream = &s;
  record->capture = s.capture();
  event_at(event).last = record;
  if (record->capture == 0) s.put([record] { record->done = true; });
}

void HostApi::wait(StreamHandle stream, EventHandle event) {
  const DeviceLock lock(device_mutex());
  state_->must_pass("wait");
  QueuedStream& s = stream_at(stream);
  const std::shared_ptr<Record> record = event_at(event).last;
  if (record == nullptr) return;
  if (record->capture != s.capture()) {
    if (s.recording != nullptr) s.recording->spoilt = true;
    throw DeviceError(
        "emulated device: a wait across the border of a capture (forks are not emulated)");
  }
  if (record->capture == 0) s.put([record] { record->complete(); });
}

void HostApi::synchronize_event(EventHandle event) {
  const DeviceLock lock(device_mutex());
  ++state_->counts.waits;
  state_->must_pass("synchronize_event");
  state_->not_in_capture("synchronize_event");
  const std::shared_ptr<Record> record = event_at(event).last;
  if (record == nullptr) return;
  if (record->capture != 0)
    throw DeviceError("emulated device: an event of a capture cannot be waited for");
  record->complete();
}

void HostApi::copy_to_device(void* to, const void* host, std::size_t bytes, StreamHandle stream) {
  const DeviceLock lock(device_mutex());
  state_->must_pass("copy_to_device");
  if (bytes == 0) return;
  state_->check_memory("copy_to_device", to, bytes);
  if (state_->is_pinned(host)) {  // read when the copy is made, other memory now
    stream_at(stream).put([=] { std::memcpy(to, host, bytes); });
    return;
  }
  state_->not_in_capture("copy_to_device from memory that is not pinned");
  const auto* first = static_cast<const std::byte*>(host);
  stream_at(stream).put([to, now = std::vector<std::byte>(first, first + bytes)] {
    std::memcpy(to, now.data(), now.size());
  });
}

void HostApi::copy_to_host(void* host, const void* from, std::size_t bytes, StreamHandle stream) {
  const DeviceLock lock(device_mutex());
  state_->must_pass("copy_to_host");
  if (bytes == 0) return;
  state_->check_memory("copy_to_host", from, bytes);
  QueuedStream& s = stream_at(stream);
  const bool pinned = state_->is_pinned(host);
  if (!pinned) state_->not_in_capture("copy_to_host to memory that is not pinned");
  s.put([=] { std::memcpy(host, from, bytes); });
  if (!pinned) s.drain();  // as with CUDA the call returns when the copy is made
}

void HostApi::copy(void* to, const void* from, std::size_t bytes, StreamHandle stream) {
  const DeviceLock lock(device_mutex());
  state_->must_pass("copy");
  if (bytes == 0) return;
  state_->check_memory("copy", to, bytes);
  state_->check_memory("copy", from, bytes);
  stream_at(stream).put([=] { std::memmove(to, from, bytes); });
}

void HostApi::fill_zero(void* memory, std::size_t bytes, StreamHandle stream) {
  const DeviceLock lock(device_mutex());
  state_->must_pass("fill_zero");
  if (bytes == 0) return;
  state_->check_memory("fill_zero", memory, bytes);
  stream_at(stream).put([=] { std::memset(memory, 0, bytes); });
}

void HostApi::begin_capture(StreamHandle stream) {
  const DeviceLock lock(device_mutex());
  state_->must_pass("begin_capture");
  QueuedStream& s = stream_at(stream);
  if (s.recording != nullptr) {
    s.recording->spoilt = true;
    throw DeviceError("emulated device: the stream captures already");
  }
  s.recording = std::make_unique<Recording>(
      Recording{{}, ++state_->recordings, std::this_thread::get_id(), false});
}

GraphHandle HostApi::end_capture(StreamHandle stream) {
  const DeviceLock lock(device_mutex());
  const bool passes = state_->passes("end_capture");
  const std::unique_ptr<Recording> recording = std::move(stream_at(stream).recording);
  if (recording == nullptr) throw DeviceError("emulated device: the stream does not capture");
  if (recording->by != std::this_thread::get_id() || recording->spoilt || !passes) return nullptr;
  ++state_->graphs;
  return new std::vector<Work>(std::move(recording->work));
}

void HostApi::launch_graph(GraphHandle graph, StreamHandle stream) {
  const DeviceLock lock(device_mutex());
  ++state_->counts.graph_launches;
  state_->must_pass("launch_graph");
  for (const Work& work : *static_cast<const std::vector<Work>*>(graph))
    stream_at(stream).put(work);
}

void HostApi::destroy_graph(GraphHandle graph) noexcept {
  const DeviceLock lock(device_mutex());
  state_->note("destroy_graph");
  --state_->graphs;
  delete static_cast<std::vector<Work>*>(graph);
}

DeviceApi::Counts HostApi::counts() const {
  const DeviceLock lock(device_mutex());
  return state_->counts;
}

GuardedMemory* HostApi::guarded() const { return state_->guarded.get(); }

HostOptions& HostApi::options() { return state_->options; }

std::vector<std::string> HostApi::calls() const {
  const DeviceLock lock(device_mutex());
  return state_->calls;
}

std::vector<std::string> HostApi::mistakes() const {
  const DeviceLock lock(device_mutex());
  return state_->mistakes;
}

void HostApi::clear_calls() {
  const DeviceLock lock(device_mutex());
  state_->calls.clear();
}

std::size_t HostApi::live_objects() const {
  const DeviceLock lock(device_mutex());
  const State& s = *state_;
  return s.streams.size() + s.events + s.graphs + s.blocks.size() + s.pinned.size();
}

std::size_t HostApi::used_bytes() const {
  const DeviceLock lock(device_mutex());
  std::size_t bytes = 0;
  for (const auto& [device, used] : state_->used) bytes += used;
  return bytes;
}

void HostApi::enqueue(StreamHandle stream, std::function<void()> work) {
  const DeviceLock lock(device_mutex());
  state_->must_pass("launch");
  QueuedStream& s = stream_at(stream);
  if (s.device != device_of(this)) {
    throw DeviceError(
        fmt::format("emulated launch: on a stream of device {} while device {} is "
                    "the thread's",
                    s.device, device_of(this)));
  }
  s.put(std::move(work));
}

void HostApi::check_pointer(StreamHandle stream, const void* p) const {
  const DeviceLock lock(device_mutex());
  if (p == nullptr || state_->is_pinned(p)) return;
  const State::Blocks::value_type* found = State::find(state_->blocks, p);
  if (found == nullptr || found->second.device != stream_at(stream).device)
    throw DeviceError("emulated launch: an argument points to memory that is not the device's");
}

void enqueue(void* stream, std::function<void()> work) {
  stream_at(stream).api->enqueue(stream, std::move(work));
}

void check_pointer(void* stream, const void* p) { stream_at(stream).api->check_pointer(stream, p); }

}  // namespace weft::cuda::emulate

namespace weft::cuda {
std::shared_ptr<DeviceApi> make_device_api() {
  return std::make_shared<emulate::HostApi>(emulate::options_from_environment());
}
}  // namespace weft::cuda
