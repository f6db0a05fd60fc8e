// Streams, events and graphs of the emulated device: lists of work.
#pragma once
#include <weft/core/error.h>

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "backends/cuda/emulate/guarded_memory.hpp"
#include "backends/cuda/emulate/host_api.hpp"

namespace weft::cuda::emulate {

using Work = std::function<void()>;

/// One lock for all devices: work of one stream may wait for another's.
std::recursive_mutex& device_mutex();
using DeviceLock = std::lock_guard<std::recursive_mutex>;

/// What a stream was given while it captured.
struct Recording {
  std::vector<Work> work;
  std::size_t number;  ///< its own, from 1
  std::thread::id by;  ///< the thread that began it
  bool spoilt = false;
};

struct QueuedStream {
  HostApi* api = nullptr;
  int device = 0;
  bool lazy = false;
  std::deque<Work> queue;
  std::unique_ptr<Recording> recording;  ///< while it captures

  std::size_t capture() const { return recording == nullptr ? 0 : recording->number; }
  void put(Work work) {
    if (recording != nullptr) {
      if (recording->spoilt)
        throw DeviceError("emulated device: what this stream captures has been spoilt");
      recording->work.push_back(std::move(work));
      return;
    }
    queue.push_back(std::move(work));
    if (!lazy) drain();
  }
  void run_next() {
    const Work work = std::move(queue.front());
    queue.pop_front();
    const GuardedMemory::Access access(api->guarded());
    work();
  }
  void drain() {
    while (!queue.empty()) run_next();
  }
  /// To the end, whatever fails on the way; the first failure is left in `failure`.
  void drain_all(std::exception_ptr& failure) noexcept {
    while (!queue.empty()) {
      try {
        run_next();
      } catch (...) {
        if (failure == nullptr) failure = std::current_exception();
      }
    }
  }
};

/// One call of record: a wait is for the one before it, whatever is recorded later. The stream is
/// there as long as `done` is false: it is not destroyed before its work is done.
struct Record {
  QueuedStream* stream = nullptr;
  bool done = false;
  std::size_t capture = 0;  ///< the number of the recording that it is a part of; 0: of none

  void complete() {
    while (!done && !stream->queue.empty()) stream->run_next();
  }
};

struct QueuedEvent {
  std::shared_ptr<Record> last;
};

inline QueuedStream& stream_at(void* handle) { return *static_cast<QueuedStream*>(handle); }
inline QueuedEvent& event_at(void* handle) { return *static_cast<QueuedEvent*>(handle); }

}  // namespace weft::cuda::emulate
