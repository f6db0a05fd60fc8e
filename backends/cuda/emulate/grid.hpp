// A grid of blocks on this machine. The threads of a block are fibers (fiber.hpp) that take turns:
// one runs until it waits for others or ends. What a GPU would forgive or punish at random is
// found: limits of the launch, a barrier that some threads never reach, a shuffle that a lane is
// missing from, shared memory that is read before it is written (it holds NaN) or written outside
// its arrays, a pointer that is not the device's. Races show as other results in the other Order,
// and to ThreadSanitizer where threads take the fibers' place.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>

#include "backends/cuda/launch_shape.hpp"

namespace weft::cuda::emulate {

struct Index3 {
  unsigned x = 0, y = 0, z = 0;
};

struct Block {
  Index3 index, threads, grid;
};

struct Thread {
  Index3 index;
  unsigned number = 0;  ///< within the block
  Block* block = nullptr;
};

/// The thread that runs now. It throws where no kernel is running.
Thread* thread();

void wait_for_block();
void wait_for_warp();
/// Hands `bits` to the warp, and returns what the lane handed over.
std::uint64_t exchange(std::uint64_t bits, unsigned lane);
/// Bit i is what lane i of the warp votes.
unsigned ballot(bool vote);
void* static_shared(const void* key, std::size_t bytes, std::size_t alignment);
void* dynamic_shared();
/// Throws DeviceError unless `p` is a multiple of `alignment`: a GPU would stop there.
void check_alignment(const void* p, std::size_t alignment);
/// Throws DeviceError unless a shuffle is one of all lanes, and its distance or mask within a warp.
void check_lanes(unsigned mask, unsigned distance = 0);

/// Throws DeviceError unless `p` is null, in the memory of the stream's device, or pinned.
void check_pointer(void* stream, const void* p);

/// Checks the launch, and puts it on a stream of the emulated device (host_api.cpp).
void submit(void* stream, const LaunchShape& shape, std::function<void()> kernel);

/// Runs all blocks, one after the other.
void run_grid(const LaunchShape& shape, const std::function<void()>& kernel);

/// The order in which threads, and blocks, that could all run take their turns; a kernel without
/// races gives the same bits in any. WEFT_EMULATE_ORDER=backward is the default's opposite.
enum class Order { forward, backward };
void set_order(Order order);

/// A thread of the host for each of the kernel's, for ThreadSanitizer. WEFT_EMULATE_THREADS=1;
/// =few: for some small grids of each kernel, because it is slow.
void set_on_threads(bool on);

/// Launches so far: what tests of coverage read.
std::size_t launch_count();

}  // namespace weft::cuda::emulate
