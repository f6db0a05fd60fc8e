#include <weft/core/backend.h>
#include <weft/core/device.h>
#include <weft/core/error.h>
#include <weft/core/log.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <utility>

#include "core/default_backend.hpp"
#include "core/memory_stats.hpp"
#include "core/plugin.hpp"
#include "core/registration.hpp"
#include "core/structure_version.hpp"

namespace weft {
namespace {

struct Counters {
  std::atomic<std::size_t> used{0}, peak{0};
};

struct Devices {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Backend>, std::less<>> backends;
  std::map<std::string, Counters, std::less<>> counters;
};

// Leaked on purpose: tensors of static lifetime give their memory back after main.
Devices& all() {
  static Devices* devices = new Devices;
  return *devices;
}

Counters& counters_of(const Backend& backend) {
  Devices& d = all();
  const std::lock_guard lock(d.mutex);
  return d.counters[backend.device()];
}

std::atomic<std::uint64_t> allocations{0};
std::atomic<Backend*> current{nullptr};

std::string names_locked(const Devices& d) {
  std::string names;
  for (const auto& [name, backend] : d.backends) names += (names.empty() ? "" : ", ") + name;
  return names;
}

}  // namespace

Backend::~Backend() = default;

void Backend::use_stream(void*) {
  throw DeviceError("set_stream: device '" + device() +
                    "' has no streams. Expected: a GPU, such as 'cuda:0'.");
}

void register_backend(std::shared_ptr<Backend> backend) {
  Devices& d = all();
  const std::lock_guard lock(d.mutex);
  const std::string name = backend->device();
  d.backends[name] = std::move(backend);
}

namespace {

Backend* find_backend(std::string_view device) {
  Devices& d = all();
  const std::lock_guard lock(d.mutex);
  const auto found = d.backends.find(device);
  return found == d.backends.end() ? nullptr : found->second.get();
}

// Opens the plug-in at the first call and makes its devices known.
void look_for_plugin() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (const auto& found : detail::open_plugin().devices) register_backend(found);
  });
}

[[noreturn]] void throw_no_device(std::string_view device) {
  std::string names;
  {
    Devices& d = all();
    const std::lock_guard lock(d.mutex);
    names = names_locked(d);
  }
  std::string message =
      "There is no device '" + std::string(device) + "' here. Expected one of: " + names + ".";
  if (device.substr(0, 4) == "cuda") {
    for (const std::string& problem : device_problems()) message += " " + problem;
  }
  throw DeviceError(message);
}

}  // namespace

Backend& backend(std::string_view device) {
  detail::ensure_registered();
  if (device == "cuda" || device == "gpu") device = "cuda:0";
  Backend* found = find_backend(device);
  if (found == nullptr) {
    look_for_plugin();
    found = find_backend(device);
  }
  if (found == nullptr) throw_no_device(device);
  return *found;
}

std::vector<DeviceInfo> devices() {
  detail::ensure_registered();
  look_for_plugin();
  Devices& d = all();
  const std::lock_guard lock(d.mutex);
  std::vector<DeviceInfo> out;
  for (const auto& [name, backend] : d.backends) out.push_back({name, backend->description()});
  return out;
}

std::vector<std::string> device_problems() {
  detail::ensure_registered();
  look_for_plugin();
  return detail::open_plugin().problems;
}

void set_device(std::string_view device) {
  current = &backend(device);
  detail::bump_structure_version();
}

std::string device() { return detail::default_backend().device(); }

void synchronize() {
  Devices& d = all();
  std::vector<std::shared_ptr<Backend>> backends;
  {
    const std::lock_guard lock(d.mutex);
    for (const auto& [name, backend] : d.backends) backends.push_back(backend);
  }
  for (const auto& backend : backends) backend->synchronize();
}

void set_stream(std::string_view device, void* stream) { backend(device).use_stream(stream); }

std::size_t used_memory_bytes(std::string_view device) { return counters_of(backend(device)).used; }
std::size_t peak_memory_bytes(std::string_view device) { return counters_of(backend(device)).peak; }

namespace detail {

namespace {
thread_local Backend* scoped = nullptr;
}

DeviceScope::DeviceScope(Backend& backend) : outer_(std::exchange(scoped, &backend)) {}
DeviceScope::~DeviceScope() { scoped = outer_; }

Backend& default_backend() {
  if (scoped != nullptr) return *scoped;
  Backend* b = current;
  if (b != nullptr) return *b;
  const char* wanted = std::getenv("WEFT_DEVICE");
  if (wanted != nullptr && *wanted != '\0') {
    b = &backend(wanted);
  } else {
    ensure_registered();
    look_for_plugin();
    b = find_backend("cuda:0");
    if (b == nullptr) b = &backend("cpu");
  }
  current = b;
  return *b;
}

Backend& host_backend() {
  static Backend& cpu = backend("cpu");
  return cpu;
}

void* allocate_counted(Backend& backend, std::size_t bytes) {
  Counters& c = counters_of(backend);
  void* memory = backend.allocate(bytes);
  allocations.fetch_add(1, std::memory_order_relaxed);
  const std::size_t used = c.used.fetch_add(bytes) + bytes;
  std::size_t peak = c.peak;
  while (used > peak && !c.peak.compare_exchange_weak(peak, used)) {
  }
  return memory;
}

void deallocate_counted(Backend& backend, void* memory, std::size_t bytes) noexcept {
  counters_of(backend).used.fetch_sub(bytes);
  backend.deallocate(memory, bytes);
}

std::uint64_t allocation_count() { return allocations; }

void reset_peak_memory(std::string_view device) {
  Counters& c = counters_of(backend(device));
  c.peak = c.used.load();
}

}  // namespace detail
}  // namespace weft
