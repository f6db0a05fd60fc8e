#include "backends/cuda/refusal.hpp"

#include <weft/core/error.h>

#include <array>
#include <mutex>

namespace weft::cuda {
namespace {

using Text = Fn<std::string(std::int64_t, std::int64_t)>;

// Places are handed out in turn, and a text stays until its place is: the model may be gone when
// the device's word arrives.
struct Place {
  bool taken = false;
  Text text;
};
struct Places {
  std::mutex mutex;
  std::array<Place, RefusalTable::capacity> all;
  std::size_t next = 0;
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
    const std::size_t number = p.next;
    p.next = (p.next + 1) % p.all.size();
    if (p.all[number].taken) continue;
    p.all[number] = {true, std::move(text)};
    return {new int(static_cast<int>(number)), [](const int* done) {
              Places& of_all = places();
              const std::lock_guard guard(of_all.mutex);
              of_all.all[static_cast<std::size_t>(*done)].taken = false;
              delete done;
            }};
  }
  throw DeviceError("cuda: too many kernels that check their data are alive. Expected: at most " +
                    std::to_string(RefusalTable::capacity) + ". Drop models that are not needed.");
}

std::string refusal_text(int place, const Refusal& refusal) {
  Places& p = places();
  const std::lock_guard lock(p.mutex);
  const Text& text = p.all[static_cast<std::size_t>(place)].text;
  return text ? text(refusal.position, refusal.value)
              : "cuda: a kernel refused its data: element " + std::to_string(refusal.position) +
                    ", value " + std::to_string(refusal.value);
}

}  // namespace weft::cuda
