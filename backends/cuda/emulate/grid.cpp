#include "backends/cuda/emulate/grid.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <atomic>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "backends/cuda/emulate/coverage.hpp"
#include "backends/cuda/emulate/fiber_blocks.hpp"
#include "backends/cuda/emulate/host_api.hpp"
#include "backends/cuda/emulate/thread_blocks.hpp"

namespace weft::cuda::emulate {
namespace {

std::atomic<std::size_t> launches{0};

bool is_set_to(const char* name, std::string_view wanted) {
  const char* value = std::getenv(name);
  return value != nullptr && value == wanted;
}

std::atomic<Order>& order() {
  static std::atomic<Order> value{is_set_to("WEFT_EMULATE_ORDER", "backward") ? Order::backward
                                                                              : Order::forward};
  return value;
}

std::atomic<bool>& on_threads() {
  static std::atomic<bool> value{is_set_to("WEFT_EMULATE_THREADS", "1")};
  return value;
}

/// With WEFT_EMULATE_THREADS=few: of each kernel the first two small grids.
bool is_of_few(const LaunchShape& s) {
  static const bool few = is_set_to("WEFT_EMULATE_THREADS", "few");
  constexpr std::size_t most_threads = 512;
  const std::size_t blocks = std::size_t{s.blocks} * s.blocks_y * s.blocks_z;
  return few && blocks <= most_threads / s.threads && launches_before() < 2;
}

Runner& active() {
  Runner* r = current_runner();
  if (r == nullptr) throw DeviceError("emulated kernel: device code was called from the host");
  return *r;
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
  if (s.shared_bytes > SharedMemory::most_bytes) {
    refuse("too much shared memory", fmt::format("at most {} bytes", SharedMemory::most_bytes),
           s.shared_bytes);
  }
}

}  // namespace

Runner*& current_runner() {
  static thread_local Runner* runner = nullptr;
  return runner;
}

Thread* thread() { return &active().thread(); }
void wait_for_block() { active().wait_for_block(); }
void wait_for_warp() { active().wait_for_warp(); }
unsigned ballot(bool vote) { return active().ballot(vote); }
std::uint64_t exchange(std::uint64_t bits, unsigned lane) { return active().exchange(bits, lane); }
void* static_shared(const void* key, std::size_t bytes, std::size_t alignment) {
  return active().shared_array(key, bytes, alignment);
}
void* dynamic_shared() { return active().dynamic_shared(); }

void check_alignment(const void* p, std::size_t alignment) {
  if (reinterpret_cast<std::uintptr_t>(p) % alignment == 0) return;
  throw DeviceError(fmt::format(
      "emulated kernel: a vector's address is not a multiple of its {} bytes", alignment));
}

void check_lanes(unsigned mask, unsigned distance) {
  if (mask != 0xffffffffu) {
    throw DeviceError(fmt::format(
        "emulated kernel: a shuffle among some lanes. Expected: all lanes. Received: mask {:#x}",
        mask));
  }
  if (distance >= lanes) {
    throw DeviceError(fmt::format(
        "emulated kernel: a shuffle beyond the warp. Expected: below 32. Received: {}", distance));
  }
}

void set_order(Order value) { order() = value; }
void set_on_threads(bool value) { on_threads() = value; }
std::size_t launch_count() { return launches; }

void run_grid(const LaunchShape& shape, const std::function<void()>& kernel) {
  if (current_runner() != nullptr)
    throw DeviceError("emulated kernel: a kernel was launched by a kernel");
  const bool backward = order() == Order::backward;
  if (on_threads()) {
    run_on_threads(shape, kernel, backward);
    return;
  }
  static thread_local FiberBlocks fibers;
  fibers.run(shape, kernel, backward);
}

void submit(void* stream, const LaunchShape& shape, std::function<void()> kernel) {
  if (shape.blocks == 0 || shape.blocks_y == 0 || shape.blocks_z == 0) return;
  check(shape);
  ++launches;
  if (is_of_few(shape)) {
    enqueue(stream, [shape, kernel = std::move(kernel)] {
      run_on_threads(shape, kernel, order() == Order::backward);
    });
    return;
  }
  enqueue(stream, [shape, kernel = std::move(kernel)] { run_grid(shape, kernel); });
}

}  // namespace weft::cuda::emulate
