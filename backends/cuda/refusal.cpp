#include "backends/cuda/refusal.hpp"

#include <weft/core/error.h>

#include <array>
#include <mutex>

namespace weft::cuda {
namespace {

using Text = Fn<std::string(std::int64_t, std::int64_t)>;

struct Place {
  Text text;
  bool taken = false;
};

// A text stays when its kernel has gone, until the place is another's: what the kernel refused may
// be read only then. Places are taken in turn, so that this is long after.
struct Places {
  std::mutex mutex;
  std::array<Place, RefusalTable::capacity> all;
  int next = 0;
};

Places& places() {
  static Places* all = new Places;  // leaked: kernels of static lifetime leave after main
  return *all;
}

}  // namespace

std::shared_ptr<const int> register_refusal(Text text) {
  Places& p = places();
  const std::lock_guard lock(p.mutex);
  for (int tried = 0; tried < RefusalTable::capacity; ++tried) {
    const int place = p.next;
    p.next = (p.next + 1) % RefusalTable::capacity;
    Place& there = p.all[static_cast<std::size_t>(place)];
    if (there.taken) continue;
    there = {std::move(text), true};
    return {new int(place), [](const int* done) {
              Places& given = places();
              const std::lock_guard guard(given.mutex);
              given.all[static_cast<std::size_t>(*done)].taken = false;
              delete done;
            }};
  }
  throw DeviceError("cuda: too many kernels that check their data are alive. Expected: at most " +
                    std::to_string(RefusalTable::capacity) + ". Drop models that are not needed.");
}

std::string refusal_text(int place, const Refusal& refusal) {
  Places& p = places();
  Text text;
  {
    const std::lock_guard lock(p.mutex);
    text = p.all[static_cast<std::size_t>(place)].text;
  }
  return text ? text(refusal.position, refusal.value)
              : "cuda: a kernel refused its data: element " + std::to_string(refusal.position) +
                    ", value " + std::to_string(refusal.value);
}

}  // namespace weft::cuda
