#include "backends/cuda/emulate/grid.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "backends/cuda/emulate/fiber.hpp"

namespace weft::cuda::emulate {
namespace {

constexpr std::size_t most_shared_bytes = 227 * 1024;
constexpr unsigned lanes = 32;

enum class State { running, waits_for_warp, waits_for_block, ended };

struct Worker {
  Thread thread;
  State state = State::running;
  Fiber* fiber = nullptr;
  std::uint64_t bits[2] = {};  // what exchange hands over, this time and the time before
  unsigned exchanges = 0;
};

struct Shared {
  const void* key;
  std::size_t offset;
};

std::atomic<std::size_t> launches{0};

Order order_of_environment() {
  const char* order = std::getenv("WEFT_EMULATE_ORDER");
  return order != nullptr && std::string_view(order) == "backward" ? Order::backward
                                                                   : Order::forward;
}

std::atomic<Order>& order() {
  static std::atomic<Order> value{order_of_environment()};
  return value;
}

/// Runs one block after the other; keeps fibers and memory between them.
class Scheduler {
 public:
  void run(const LaunchShape& shape, const std::function<void()>& kernel) {
    kernel_ = &kernel;
    backward_ = order() == Order::backward;
    shared_bytes_ = shape.shared_bytes;
    workers_.resize(shape.threads);
    block_.threads = {shape.threads, 1, 1};
    block_.grid = {shape.blocks, shape.blocks_y, shape.blocks_z};
    for (unsigned z = 0; z < shape.blocks_z; ++z) {
      for (unsigned y = 0; y < shape.blocks_y; ++y) {
        for (unsigned x = 0; x < shape.blocks; ++x) {
          block_.index = {x, y, z};
          run_block();
        }
      }
    }
  }

  static Scheduler*& current() {
    static thread_local Scheduler* scheduler = nullptr;
    return scheduler;
  }
  Worker* worker() const { return worker_; }

  void wait(State state) {
    worker_->state = state;
    worker_->fiber->pause();
  }

  std::uint64_t exchange(std::uint64_t bits, unsigned lane) {
    // Two places, used in turn: one barrier is enough, no lane is two exchanges ahead.
    const unsigned place = worker_->exchanges++ % 2;
    worker_->bits[place] = bits;
    const unsigned warp = worker_->thread.number / lanes;
    wait(State::waits_for_warp);
    return workers_[warp * lanes + lane].bits[place];
  }

  void* static_shared(const void* key, std::size_t bytes, std::size_t alignment) {
    for (const Shared& s : statics_) {
      if (s.key == key) return memory_.data() + s.offset;
    }
    used_ = (used_ + alignment - 1) / alignment * alignment;
    if (used_ + bytes > most_shared_bytes) {
      throw DeviceError(
          fmt::format("emulated kernel: too much shared memory. Expected: at most "
                      "{} bytes for a block. Received: {}",
                      most_shared_bytes, used_ + bytes));
    }
    statics_.push_back({key, used_});
    poison(used_, bytes);
    used_ += bytes;
    return memory_.data() + statics_.back().offset;
  }
  void* dynamic_shared() { return memory_.data(); }

 private:
  void run_block() {
    statics_.clear();
    used_ = (shared_bytes_ + 15) / 16 * 16;
    poison(0, used_);
    try {
      start_all();
      while (release_warps() || release_block()) {
      }
      check_all_ended();
    } catch (...) {
      for (Worker& w : workers_) {
        if (w.fiber == nullptr) continue;
        w.fiber->abandon();
        idle_.push_back(std::exchange(w.fiber, nullptr));
      }
      worker_ = nullptr;
      throw;
    }
    worker_ = nullptr;
  }

  // As after another kernel: nothing that a thread may count on.
  void poison(std::size_t offset, std::size_t bytes) {
    std::memset(memory_.data() + offset, 0xff, bytes);
  }

  template <class F>
  void each(std::size_t first, std::size_t end, F f) {
    if (backward_) {
      for (std::size_t i = end; i-- > first;) f(workers_[i]);
    } else {
      for (std::size_t i = first; i < end; ++i) f(workers_[i]);
    }
  }

  void start_all() {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      Worker& w = workers_[i];
      w = {};
      w.thread.number = static_cast<unsigned>(i);
      w.thread.index.x = static_cast<unsigned>(i);
      w.thread.block = &block_;
    }
    each(0, workers_.size(), [&](Worker& w) {
      w.fiber = take_fiber();
      worker_ = &w;
      settle(w, w.fiber->start(*kernel_));
    });
  }

  Fiber* take_fiber() {
    if (idle_.empty()) {
      fibers_.push_back(std::make_unique<Fiber>());
      return fibers_.back().get();
    }
    Fiber* fiber = idle_.back();
    idle_.pop_back();
    return fiber;
  }

  void settle(Worker& w, bool ended) {
    if (!ended) return;
    w.state = State::ended;
    idle_.push_back(std::exchange(w.fiber, nullptr));
  }

  void resume(std::size_t first, std::size_t end, State waiting) {
    each(first, end, [&](Worker& w) {
      if (w.state != waiting) return;
      w.state = State::running;
      worker_ = &w;
      settle(w, w.fiber->resume());
    });
  }

  bool all_are(std::size_t first, std::size_t end, State state) const {
    bool any = false;
    for (std::size_t i = first; i < end; ++i) {
      if (workers_[i].state != state) return false;
      any = true;
    }
    return any;
  }

  // A warp whose lanes all wait goes on, again and again, as far as it comes.
  bool release_warps() {
    bool any = false;
    for (std::size_t first = 0; first < workers_.size(); first += lanes) {
      while (all_are(first, first + lanes, State::waits_for_warp)) {
        resume(first, first + lanes, State::waits_for_warp);
        any = true;
      }
    }
    return any;
  }

  // Threads that have ended do not hold up a barrier of the block.
  bool release_block() {
    bool any = false;
    for (const Worker& w : workers_) {
      if (w.state == State::waits_for_warp) return false;
      any = any || w.state == State::waits_for_block;
    }
    if (any) resume(0, workers_.size(), State::waits_for_block);
    return any;
  }

  void check_all_ended() const {
    for (const Worker& w : workers_) {
      if (w.state == State::ended) continue;
      throw DeviceError(fmt::format(
          "emulated kernel: thread {} of block ({}, {}, {}) waits at a {} that others never reach",
          w.thread.number, block_.index.x, block_.index.y, block_.index.z,
          w.state == State::waits_for_warp ? "shuffle or __syncwarp" : "__syncthreads"));
    }
  }

  const std::function<void()>* kernel_ = nullptr;
  bool backward_ = false;
  Block block_;
  std::vector<Worker> workers_;
  Worker* worker_ = nullptr;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> idle_;
  std::vector<Shared> statics_;
  std::size_t shared_bytes_ = 0, used_ = 0;
  // Aligned as a GPU's: vectors of 16 bytes.
  struct alignas(256) Chunk {
    unsigned char bytes[256];
  };
  struct Memory {
    std::vector<Chunk> chunks{most_shared_bytes / sizeof(Chunk) + 1};
    unsigned char* data() { return chunks[0].bytes; }
  } memory_;
};

Scheduler& active() {
  Scheduler* s = Scheduler::current();
  if (s == nullptr || s->worker() == nullptr)
    throw DeviceError("emulated kernel: device code was called from the host");
  return *s;
}

void check(const LaunchShape& s) {
  const auto refuse = [](const char* what, const std::string& expected, std::size_t received) {
    throw DeviceError(
        fmt::format("emulated launch: {}. Expected: {}. Received: {}", what, expected, received));
  };
  if (s.threads == 0 || s.threads > 1024 || s.threads % lanes != 0)
    refuse("the block's size does not fit", "whole warps, at most 1024 threads", s.threads);
  if (s.blocks > 2147483647u) refuse("too many blocks", "at most 2147483647", s.blocks);
  if (s.blocks_y > 65535) refuse("too many blocks along y", "at most 65535", s.blocks_y);
  if (s.blocks_z > 65535) refuse("too many blocks along z", "at most 65535", s.blocks_z);
  if (s.shared_bytes > most_shared_bytes)
    refuse("too much shared memory", fmt::format("at most {} bytes", most_shared_bytes),
           s.shared_bytes);
}

}  // namespace

Thread* thread() { return &active().worker()->thread; }
void wait_for_block() { active().wait(State::waits_for_block); }
void wait_for_warp() { active().wait(State::waits_for_warp); }
std::uint64_t exchange(std::uint64_t bits, unsigned lane) { return active().exchange(bits, lane); }
void* static_shared(const void* key, std::size_t bytes, std::size_t alignment) {
  return active().static_shared(key, bytes, alignment);
}
void* dynamic_shared() { return active().dynamic_shared(); }

void check_alignment(const void* p, std::size_t alignment) {
  if (reinterpret_cast<std::uintptr_t>(p) % alignment == 0) return;
  throw DeviceError(fmt::format(
      "emulated kernel: a vector's address is not a multiple of its {} bytes", alignment));
}

void set_order(Order value) { order() = value; }
std::size_t launch_count() { return launches; }

void run_grid(const LaunchShape& shape, const std::function<void()>& kernel) {
  static thread_local Scheduler scheduler;
  Scheduler::current() = &scheduler;
  scheduler.run(shape, kernel);
}

void enqueue(void* stream, std::function<void()> work);  // host_api.cpp

void submit(void* stream, const LaunchShape& shape, std::function<void()> kernel) {
  if (shape.blocks == 0 || shape.blocks_y == 0 || shape.blocks_z == 0) return;
  check(shape);
  ++launches;
  enqueue(stream, [shape, kernel = std::move(kernel)] { run_grid(shape, kernel); });
}

}  // namespace weft::cuda::emulate
