// What the words of language.hpp ask of whoever runs the thread.
#pragma once
#include <fmt/core.h>
#include <weft/core/error.h>

#include "backends/cuda/emulate/grid.hpp"
#include "backends/cuda/emulate/shared_memory.hpp"

namespace weft::cuda::emulate {

/// Lanes of a warp.
inline constexpr unsigned lanes = 32;

class Runner {
 public:
  virtual Thread& thread() = 0;
  virtual void wait_for_block() = 0;
  virtual void wait_for_warp() = 0;
  virtual std::uint64_t exchange(std::uint64_t bits, unsigned lane) = 0;
  virtual unsigned ballot(bool vote) = 0;
  virtual void* shared_array(const void* key, std::size_t bytes, std::size_t alignment) = 0;
  virtual void* dynamic_shared() = 0;

 protected:
  ~Runner() = default;
};

/// Who runs what this thread of the host does; null where that is no kernel.
Runner*& current_runner();

/// What lane number `lane` of a warp hands over, this time and the time before: two places, used in
/// turn, so that one barrier is enough; no lane is two exchanges ahead.
struct Exchange {
  std::uint64_t bits[2] = {};
  unsigned count = 0;
  unsigned hand_over(std::uint64_t value) {
    const unsigned place = count++ % 2;
    bits[place] = value;
    return place;
  }
};

inline void start_of(Thread& thread, std::size_t number, Block& block) {
  thread.number = static_cast<unsigned>(number);
  thread.index = {thread.number, 0, 0};
  thread.block = &block;
}

[[noreturn]] inline void throw_stuck(const Thread& thread, const char* at) {
  const Index3& i = thread.block->index;
  throw DeviceError(fmt::format(
      "emulated kernel: thread {} of block ({}, {}, {}) waits at a {} that others never reach",
      thread.number, i.x, i.y, i.z, at));
}

/// Calls f(index) for all blocks of a grid, in the order of their numbers or the other way round.
template <class F>
void for_each_block(const LaunchShape& shape, bool backward, F&& f) {
  const std::uint64_t plane = static_cast<std::uint64_t>(shape.blocks) * shape.blocks_y;
  const std::uint64_t count = plane * shape.blocks_z;
  for (std::uint64_t n = 0; n < count; ++n) {
    const std::uint64_t i = backward ? count - 1 - n : n;
    f(Index3{static_cast<unsigned>(i % shape.blocks),
             static_cast<unsigned>(i % plane / shape.blocks), static_cast<unsigned>(i / plane)});
  }
}

}  // namespace weft::cuda::emulate
