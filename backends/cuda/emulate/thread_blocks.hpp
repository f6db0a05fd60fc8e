// A grid on threads of the host, one for each of the kernel's, so that ThreadSanitizer sees what
// two of them do without a barrier between. Slow: for small grids.
#pragma once
#include <algorithm>
#include <barrier>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "backends/cuda/emulate/runner.hpp"

namespace weft::cuda::emulate {

/// A block, and what its threads share.
class ThreadBlock {
 public:
  ThreadBlock(const LaunchShape& shape, const Index3& index, const std::function<void()>& kernel)
      : kernel_(kernel), all_(shape.threads) {
    block_ = {index, {shape.threads, 1, 1}, {shape.blocks, shape.blocks_y, shape.blocks_z}};
    shared_.begin(shape.shared_bytes);
    for (unsigned i = 0; i < shape.threads / lanes; ++i) warps_.emplace_back(lanes);
    for (unsigned i = 0; i < shape.threads; ++i) workers_.emplace_back(*this, i);
  }
  void start(std::vector<std::thread>& threads) {
    for (Worker& w : workers_) threads.emplace_back([&w] { w.run(); });
  }
  /// After all threads have ended: throws what one of them has thrown, or what is wrong.
  void check() const {
    if (thrown_) std::rethrow_exception(thrown_);
    const auto fewer = [](unsigned Worker::*count) {
      return [count](const Worker& a, const Worker& b) { return a.*count < b.*count; };
    };
    for (std::size_t i = 0; i < workers_.size(); i += lanes) {
      const auto first = workers_.begin() + static_cast<std::ptrdiff_t>(i);
      const auto [least, most] =
          std::minmax_element(first, first + lanes, fewer(&Worker::warp_waits));
      if (least->warp_waits != most->warp_waits) throw_stuck(most->own, "shuffle or __syncwarp");
    }
    const auto [least, most] =
        std::minmax_element(workers_.begin(), workers_.end(), fewer(&Worker::block_waits));
    if (least->block_waits != most->block_waits) throw_stuck(most->own, "__syncthreads");
    shared_.check();
  }

 private:
  struct Worker final : Runner {
    Worker(ThreadBlock& in, unsigned number) : block(in) { start_of(own, number, in.block_); }

    void run() {
      current_runner() = this;
      try {
        block.kernel_();
      } catch (...) {
        const std::lock_guard lock(block.mutex_);
        if (!block.thrown_) block.thrown_ = std::current_exception();
      }
      // Those that still come to a barrier are not held up; check() finds them.
      static_cast<void>(warp().arrive_and_drop());
      static_cast<void>(block.all_.arrive_and_drop());
    }
    Thread& thread() override { return own; }
    void wait_for_block() override {
      ++block_waits;
      block.all_.arrive_and_wait();
    }
    void wait_for_warp() override {
      ++warp_waits;
      warp().arrive_and_wait();
    }
    std::uint64_t exchange(std::uint64_t bits, unsigned lane) override {
      const unsigned place = handed.hand_over(bits);
      wait_for_warp();
      return block.workers_[own.number / lanes * lanes + lane].handed.bits[place];
    }
    unsigned ballot(bool vote) override {
      const unsigned place = handed.hand_over(vote ? 1 : 0);
      wait_for_warp();
      unsigned votes = 0;
      for (unsigned i = 0; i < lanes; ++i) {
        const Worker& other = block.workers_[own.number / lanes * lanes + i];
        votes |= static_cast<unsigned>(other.handed.bits[place]) << i;
      }
      return votes;
    }
    // A lock orders those that take it, and would hide races: each thread takes it once an array.
    void* shared_array(const void* key, std::size_t bytes, std::size_t alignment) override {
      for (const auto& [known, memory] : arrays) {
        if (known == key) return memory;
      }
      const std::lock_guard lock(block.mutex_);
      arrays.emplace_back(key, block.shared_.array(key, bytes, alignment));
      return arrays.back().second;
    }
    void* dynamic_shared() override { return block.shared_.dynamic(); }
    std::barrier<>& warp() { return block.warps_[own.number / lanes]; }

    ThreadBlock& block;
    Thread own;
    Exchange handed;
    unsigned warp_waits = 0, block_waits = 0;
    std::vector<std::pair<const void*, void*>> arrays;
  };

  const std::function<void()>& kernel_;
  Block block_;
  SharedMemory shared_;
  std::mutex mutex_;
  std::barrier<> all_;
  std::deque<std::barrier<>> warps_;
  std::deque<Worker> workers_;
  std::exception_ptr thrown_;
};

/// As many blocks at once as have about a thousand threads: what they do to each other shows too.
inline void run_on_threads(const LaunchShape& shape, const std::function<void()>& kernel,
                           bool backward) {
  std::deque<ThreadBlock> blocks;
  std::vector<std::thread> threads;
  const auto finish = [&] {
    for (std::thread& t : threads) t.join();
    threads.clear();
    for (const ThreadBlock& b : blocks) b.check();
    blocks.clear();
  };
  for_each_block(shape, backward, [&](const Index3& index) {
    blocks.emplace_back(shape, index, kernel).start(threads);
    if (threads.size() + shape.threads > 1024) finish();
  });
  finish();
}

}  // namespace weft::cuda::emulate
