// A grid on one thread: a fiber for each thread of a block, one block after the other.
#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "backends/cuda/emulate/fiber.hpp"
#include "backends/cuda/emulate/runner.hpp"

namespace weft::cuda::emulate {

/// Keeps fibers and memory between blocks and grids.
class FiberBlocks final : public Runner {
 public:
  void run(const LaunchShape& shape, const std::function<void()>& kernel, bool backward) {
    kernel_ = &kernel;
    backward_ = backward;
    workers_.resize(shape.threads);
    block_.threads = {shape.threads, 1, 1};
    block_.grid = {shape.blocks, shape.blocks_y, shape.blocks_z};
    for_each_block(shape, backward, [&](const Index3& index) {
      block_.index = index;
      run_block(shape.shared_bytes);
    });
  }

  Thread& thread() override { return worker_->thread; }
  void wait_for_block() override { wait(State::waits_for_block); }
  void wait_for_warp() override { wait(State::waits_for_warp); }
  std::uint64_t exchange(std::uint64_t bits, unsigned lane) override {
    const unsigned place = worker_->exchange.hand_over(bits);
    wait(State::waits_for_warp);
    return warp_of(*worker_)[lane].exchange.bits[place];
  }
  unsigned ballot(bool vote) override {
    const unsigned place = worker_->exchange.hand_over(vote ? 1 : 0);
    wait(State::waits_for_warp);
    const Worker* warp = warp_of(*worker_);
    unsigned votes = 0;
    for (unsigned i = 0; i < lanes; ++i)
      votes |= static_cast<unsigned>(warp[i].exchange.bits[place]) << i;
    return votes;
  }
  void* shared_array(const void* key, std::size_t bytes, std::size_t alignment) override {
    return shared_.array(key, bytes, alignment);
  }
  void* dynamic_shared() override { return shared_.dynamic(); }

 private:
  enum class State { running, waits_for_warp, waits_for_block, ended };

  struct Worker {
    Thread thread;
    State state = State::running;
    Fiber* fiber = nullptr;
    Exchange exchange;
  };

  const Worker* warp_of(const Worker& w) const {
    return workers_.data() + w.thread.number / lanes * lanes;
  }

  void wait(State state) {
    worker_->state = state;
    worker_->fiber->pause();
  }

  void run_block(std::size_t shared_bytes) {
    shared_.begin(shared_bytes);
    current_runner() = this;
    try {
      start_all();
      while (release_warps() || release_block()) {
      }
      check_all_ended();
      shared_.check();
    } catch (...) {
      for (Worker& w : workers_) {
        if (w.fiber == nullptr) continue;
        w.fiber->abandon();
        idle_.push_back(std::exchange(w.fiber, nullptr));
      }
      current_runner() = nullptr;
      throw;
    }
    current_runner() = nullptr;
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
      workers_[i] = {};
      start_of(workers_[i].thread, i, block_);
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

  void resume(std::size_t first, std::size_t end) {
    each(first, end, [&](Worker& w) {
      w.state = State::running;
      worker_ = &w;
      settle(w, w.fiber->resume());
    });
  }

  bool all_are(std::size_t first, std::size_t end, State state) const {
    for (std::size_t i = first; i < end; ++i) {
      if (workers_[i].state != state) return false;
    }
    return true;
  }

  // A warp whose lanes all wait goes on, again and again, as far as it comes.
  bool release_warps() {
    bool any = false;
    for (std::size_t first = 0; first < workers_.size(); first += lanes) {
      while (all_are(first, first + lanes, State::waits_for_warp)) {
        check_same_place(first);
        resume(first, first + lanes);
        any = true;
      }
    }
    return any;
  }

  // One lane at a shuffle and another at __syncwarp, say.
  void check_same_place(std::size_t first) const {
    for (std::size_t i = first; i < first + lanes; ++i) {
      if (workers_[i].exchange.count != workers_[first].exchange.count)
        throw_stuck(workers_[i].thread, "shuffle or __syncwarp");
    }
  }

  // All threads must come to a barrier of the block: those that have ended never do.
  bool release_block() {
    if (!all_are(0, workers_.size(), State::waits_for_block)) return false;
    resume(0, workers_.size());
    return true;
  }

  void check_all_ended() const {
    for (const State state : {State::waits_for_warp, State::waits_for_block}) {
      for (const Worker& w : workers_) {
        if (w.state == state)
          throw_stuck(w.thread,
                      state == State::waits_for_warp ? "shuffle or __syncwarp" : "__syncthreads");
      }
    }
  }

  const std::function<void()>* kernel_ = nullptr;
  bool backward_ = false;
  Block block_;
  std::vector<Worker> workers_;
  Worker* worker_ = nullptr;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> idle_;
  SharedMemory shared_;
};

}  // namespace weft::cuda::emulate
