#include <weft/core/backend.h>
#include <weft/core/device.h>
#include <weft/core/error.h>
#include <weft/core/log.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>

#include "core/default_backend.hpp"
#include "core/memory_stats.hpp"
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

void register_backend(std::shared_ptr<Backend> backend) {
  Devices& d = all();
  const std::lock_guard lock(d.mutex);
  const std::string name = backend->device();
  d.backends[name] = std::move(backend);
}

Backend& backend(std::string_view device) {
  detail::ensure_registered();
  Devices& d = all();
  const std::lock_guard lock(d.mutex);
  const auto found = d.backends.find(device);
  if (found == d.backends.end()) {
    throw DeviceError("There is no device '" + std::string(device) +
                      "' here. Expected one of: " + names_locked(d) + ".");
  }
  return *found->second;
}

std::vector<DeviceInfo> devices() {
  detail::ensure_registered();
  Devices& d = all();
  const std::lock_guard lock(d.mutex);
  std::vector<DeviceInfo> out;
  for (const auto& [name, backend] : d.backends) {
    out.push_back({name, name == "cpu" ? "the processor" : "an accelerator"});
  }
  return out;
}

void set_device(std::string_view device) {
  current = &backend(device);
  detail::bump_structure_version();
}

std::string device() { return detail::default_backend().device(); }

std::size_t used_memory_bytes(std::string_view device) { return counters_of(backend(device)).used; }
std::size_t peak_memory_bytes(std::string_view device) { return counters_of(backend(device)).peak; }

namespace detail {

Backend& default_backend() {
  Backend* b = current;
  if (b != nullptr) return *b;
  const char* wanted = std::getenv("WEFT_DEVICE");
  b = &backend(wanted != nullptr && *wanted != '\0' ? wanted : "cpu");
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
