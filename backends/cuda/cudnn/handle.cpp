#include "backends/cuda/cudnn/handle.hpp"

#include "backends/cuda/cuda_backend.hpp"

#include <map>
#include <memory>
#include <mutex>

namespace weft::cuda::cudnn {
namespace {

/// Sessions whose threads have ended. A handle takes milliseconds and megabytes to make; none is
/// destroyed, because at the end of the process the driver may be gone before us.
struct Idle {
  std::mutex mutex;
  std::multimap<int, std::unique_ptr<Session>> sessions;
};

Idle& idle() {
  static Idle* all = new Idle;
  return *all;
}

std::unique_ptr<Session> take(int device) {
  {
    Idle& all = idle();
    const std::lock_guard lock(all.mutex);
    if (const auto found = all.sessions.find(device); found != all.sessions.end()) {
      std::unique_ptr<Session> session = std::move(found->second);
      all.sessions.erase(found);
      return session;
    }
  }
  cudnnHandle_t handle = nullptr;
  check(cudnnCreate(&handle), "making a handle");
  before_capture = [](int recording) { static_cast<void>(session(recording)); };
  return std::unique_ptr<Session>(new Session{handle, Target::of_handle(handle, device)});
}

struct OwnSessions {
  std::map<int, std::unique_ptr<Session>> by_device;

  OwnSessions() = default;
  OwnSessions(const OwnSessions&) = delete;
  OwnSessions& operator=(const OwnSessions&) = delete;
  ~OwnSessions() {
    Idle& all = idle();
    const std::lock_guard lock(all.mutex);
    all.sessions.merge(by_device);
  }
};

}  // namespace

const Session& session(int device) {
  static thread_local OwnSessions own;
  std::unique_ptr<Session>& mine = own.by_device[device];
  if (!mine) mine = take(device);
  return *mine;
}

}  // namespace weft::cuda::cudnn
