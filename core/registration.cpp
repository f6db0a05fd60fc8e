#include "core/registration.hpp"

#include <atomic>
#include <mutex>

namespace weft::registration {
void everything();  // generated
}

namespace weft::detail {

void ensure_registered() {
  static std::atomic<bool> done{false};
  if (done.load(std::memory_order_acquire)) return;
  // Recursive: what registers asks for registries, which come here again.
  static std::recursive_mutex mutex;
  static bool started = false;
  const std::lock_guard lock(mutex);
  if (started) return;
  started = true;
  registration::everything();
  done.store(true, std::memory_order_release);
}

}  // namespace weft::detail
