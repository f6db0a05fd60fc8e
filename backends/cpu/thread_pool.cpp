// One pool for the process. A region (a call of run_parts) is published in one word, the ticket:
// its number and how many of its parts nobody has begun. Whoever is awake, the caller among them,
// takes one part after the other by counting the ticket down, so that a worker that sleeps, or that
// the system does not run, costs nothing but its help. A worker that finds nothing to do spins for
// a while and then sleeps; the caller wakes as many as there are parts for, and only those asleep.
#include "backends/cpu/thread_pool.hpp"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "backends/cpu/openmp.hpp"

namespace weft::cpu {
namespace {

using Clock = std::chrono::steady_clock;

/// A worker that sleeps takes 25 to 75 microseconds to come, one that spins takes the processor
/// from other processes: as long as one costs.
constexpr std::chrono::microseconds spin_time{100};

/// More than any number of parts; the region's number is above it.
constexpr std::uint64_t region_step = std::uint64_t{1} << 16;
constexpr std::uint64_t parts_mask = region_step - 1;

thread_local bool in_part = false;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Whether done() became true within spin_time.
template <class Done>
bool spin_until(Done&& done) {
  constexpr int pauses_between_looks_at_the_clock = 32;
  for (int i = 0; i < 8 * pauses_between_looks_at_the_clock; ++i) {
    if (done()) return true;
    pause();
  }
  const auto end = Clock::now() + spin_time;
  while (Clock::now() < end) {
    for (int i = 0; i < pauses_between_looks_at_the_clock; ++i) {
      if (done()) return true;
      pause();
    }
  }
  return done();
}

struct alignas(64) Worker {
  std::atomic<std::uint32_t> asleep{0};
  std::thread thread;
};

class Pool {
 public:
  void run(int parts, void (*part)(void*, int), void* context);
  /// Ends the threads; the pool starts new ones when it is used again.
  void stop();
  int size() const { return size_.load(std::memory_order_relaxed); }

 private:
  void run_alone(int parts, void (*part)(void*, int), void* context);
  void grow(int workers);
  void wake(int workers);
  void work(Worker& self);
  /// Runs one part that nobody has begun; false where there is none.
  bool run_one();
  bool nothing_to_do() const {
    return (ticket_.load(std::memory_order_seq_cst) & parts_mask) == 0 &&
           !stopping_.load(std::memory_order_seq_cst);
  }

  /// Region times region_step + parts that nobody has begun.
  alignas(64) std::atomic<std::uint64_t> ticket_{0};
  // Of the region; written by its caller before the ticket and only when all parts are done.
  void (*part_)(void*, int) = nullptr;
  void* context_ = nullptr;
  std::exception_ptr error_;
  std::atomic<bool> failed_{false};
  /// Parts that are not done.
  alignas(64) std::atomic<std::uint32_t> open_{0};

  alignas(64) std::mutex caller_;  ///< held by the one whose region it is
  std::vector<Worker*> workers_;   ///< changed under caller_
  std::atomic<int> size_{0};
  std::atomic<bool> stopping_{false};
};

bool Pool::run_one() {
  std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
  do {
    if ((ticket & parts_mask) == 0) return false;
  } while (!ticket_.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acq_rel,
                                          std::memory_order_acquire));
  // The part is ours, so the region lasts, and its fields stay, until it is done.
  try {
    part_(context_, static_cast<int>(ticket & parts_mask) - 1);
  } catch (...) {
    if (!failed_.exchange(true)) error_ = std::current_exception();
  }
  if (open_.fetch_sub(1, std::memory_order_acq_rel) == 1) open_.notify_one();
  return true;
}

void Pool::work(Worker& self) {
  const OneOpenmpThread one;
  in_part = true;  // for good: what a part calls runs in it
  while (!stopping_.load(std::memory_order_acquire)) {
    if (run_one()) continue;
    if (spin_until([&] { return !nothing_to_do(); })) continue;
    // The order of the stores and loads here and in wake() is one for all threads: either the
    // caller sees that we sleep, or we see its region.
    self.asleep.store(1, std::memory_order_seq_cst);
    if (nothing_to_do()) self.asleep.wait(1);
    self.asleep.store(0, std::memory_order_seq_cst);
  }
}

void Pool::wake(int workers) {
  for (int i = 0; i < workers; ++i) {
    std::atomic<std::uint32_t>& asleep = workers_[static_cast<std::size_t>(i)]->asleep;
    if (asleep.load(std::memory_order_seq_cst) == 0) continue;
    asleep.store(0, std::memory_order_seq_cst);
    asleep.notify_one();
  }
}

void Pool::grow(int workers) {
  while (static_cast<int>(workers_.size()) < workers) {
    auto* worker = new Worker;
    try {
      worker->thread = std::thread([this, worker] { work(*worker); });
      workers_.push_back(worker);
    } catch (...) {
      // The system gives no more threads: those there are will do.
      delete worker;
      break;
    }
    size_.store(static_cast<int>(workers_.size()), std::memory_order_relaxed);
  }
}

void Pool::run_alone(int parts, void (*part)(void*, int), void* context) {
  const bool before = in_part;
  in_part = true;
  std::exception_ptr error;
  for (int i = 0; i < parts; ++i) {
    try {
      part(context, i);
    } catch (...) {
      if (!error) error = std::current_exception();
    }
  }
  in_part = before;
  if (error) std::rethrow_exception(error);
}

void Pool::run(int parts, void (*part)(void*, int), void* context) {
  const int threads = std::min(parts, usable_threads());
  std::unique_lock caller(caller_, std::defer_lock);
  if (threads <= 1 || !caller.try_lock()) return run_alone(parts, part, context);
  grow(threads - 1);
  part_ = part;
  context_ = context;
  open_.store(static_cast<std::uint32_t>(parts), std::memory_order_relaxed);
  const std::uint64_t region = ticket_.load(std::memory_order_relaxed) / region_step + 1;
  ticket_.store(region * region_step + static_cast<std::uint64_t>(parts),
                std::memory_order_seq_cst);
  wake(std::min(threads - 1, static_cast<int>(workers_.size())));

  in_part = true;
  while (run_one()) {
  }
  in_part = false;
  const auto all_done = [&] { return open_.load(std::memory_order_acquire) == 0; };
  if (!spin_until(all_done)) {
    for (std::uint32_t open = open_.load(std::memory_order_acquire); open != 0;
         open = open_.load(std::memory_order_acquire)) {
      open_.wait(open);
    }
  }
  if (!failed_.load(std::memory_order_relaxed)) return;
  failed_.store(false, std::memory_order_relaxed);
  const std::exception_ptr error = std::exchange(error_, nullptr);
  caller.unlock();
  std::rethrow_exception(error);
}

void Pool::stop() {
  if (in_part) return;  // exit() in a part: its own thread cannot be waited for
  const std::lock_guard caller(caller_);
  stopping_.store(true, std::memory_order_seq_cst);
  wake(static_cast<int>(workers_.size()));
  for (Worker* worker : workers_) {
    worker->thread.join();
    delete worker;
  }
  workers_.clear();
  size_.store(0, std::memory_order_relaxed);
  stopping_.store(false, std::memory_order_seq_cst);
}

std::atomic<Pool*> the_pool{nullptr};

/// A child has none of its parent's threads and gets a pool of its own when it needs one; the
/// parent's, which may have been in use, is left alone.
void after_fork() { the_pool.store(nullptr, std::memory_order_relaxed); }

Pool& pool() {
  if (Pool* existing = the_pool.load(std::memory_order_acquire)) return *existing;
  static const bool once = [] {
    pthread_atfork(nullptr, nullptr, after_fork);
    return true;
  }();
  static_cast<void>(once);
  auto* made = new Pool;  // never destroyed: other threads may run until the very end
  Pool* expected = nullptr;
  if (the_pool.compare_exchange_strong(expected, made)) return *made;
  delete made;
  return *expected;
}

/// At the end of the program, or when the library is unloaded, no thread is left in its code.
struct StopAtExit {
  ~StopAtExit() {
    if (Pool* p = the_pool.load(std::memory_order_acquire)) p->stop();
  }
} stop_at_exit;

}  // namespace

void detail::run_parts(int parts, void (*part)(void* context, int i), void* context) {
  if (parts > 0) pool().run(parts, part, context);
}

int detail::pool_size() {
  const Pool* p = the_pool.load(std::memory_order_acquire);
  return p == nullptr ? 0 : p->size();
}

int usable_threads() { return in_part ? 1 : num_threads(); }

}  // namespace weft::cpu
