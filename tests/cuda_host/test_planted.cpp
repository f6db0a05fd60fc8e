// Mistakes that a GPU forgives, or punishes at random, are found by the emulation: each is planted
// here once. After each the device runs a right kernel as before.
#include <weft/core/error.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string>

#include "backends/cuda/emulate/sanitizers.hpp"
#include "backends/cuda/memory_pool.hpp"
#include "tests/cuda_host/emulated_device.h"
#include "tests/cuda_host/planted.h"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/process.h"

using namespace weft;
using namespace weft::cuda;
using Catch::Matchers::Contains;
using emulate::Order;
using test::EmulatedDevice;
using test::error_of;

namespace {

std::vector<float> numbers(std::size_t n) {
  std::vector<float> x(n);
  std::iota(x.begin(), x.end(), 1.0F);
  return x;
}

template <bool with_barrier>
std::vector<float> reversed(Order order) {
  const test::RunKernels run(order);
  EmulatedDevice d;
  float* y = d.make<float>(64);
  launch(test::reverse_kernel<with_barrier>, {.blocks = 1, .threads = 64}, d.stream(),
         d.make(numbers(64)), y);
  return d.read(y, 64);
}

template <bool own_place>
std::vector<unsigned> named(Order order) {
  const test::RunKernels run(order);
  EmulatedDevice d;
  auto* y = d.make<unsigned>(5);
  launch(test::name_kernel<own_place>, {.blocks = 5, .threads = 32}, d.stream(), y);
  return d.read(y, 5);
}

/// The message of a kernel that is stopped; then the emulation must be as good as new.
template <class... P, class... A>
std::string message_of(void (*kernel)(P...), const LaunchShape& shape, A... args) {
  std::string message;
  {
    EmulatedDevice d;
    float* memory = d.make(numbers(2048));
    message = error_of<DeviceError>([&] { launch(kernel, shape, d.stream(), memory, args...); });
  }
  const std::vector<float> y = reversed<true>(Order::forward);
  std::vector<float> expected = numbers(64);
  std::reverse(expected.begin(), expected.end());
  CHECK(y == expected);
  return message;
}

__global__ void early_end_kernel(float* x) {
  if (threadIdx.x >= 40) return;
  __syncthreads();
  x[threadIdx.x] = 0;
}

__global__ void one_warp_kernel(float* x) {
  if (threadIdx.x < 32) __syncthreads();
  if (threadIdx.x >= 32) x[threadIdx.x] = block_reduce(x[threadIdx.x], 0.0F, Sum());
}

__global__ void one_more_barrier_kernel(float*) {
  for (unsigned i = 0; i <= threadIdx.x / 32; ++i) __syncthreads();
}

__global__ void missing_lane_kernel(float* x) {
  if (threadIdx.x != 7) x[threadIdx.x] = warp_reduce(x[threadIdx.x], Sum());
}

__global__ void other_place_kernel(float* x) {
  if (threadIdx.x % 2 == 0)
    __syncwarp();
  else
    x[threadIdx.x] = __shfl_xor_sync(all_lanes, x[threadIdx.x], 2);
}

__global__ void some_lanes_kernel(float* x) {
  x[threadIdx.x] = __shfl_xor_sync(0xffffu, x[threadIdx.x], 1);
}

__global__ void far_shuffle_kernel(float* x) {
  x[threadIdx.x] = __shfl_down_sync(all_lanes, x[threadIdx.x], 32);
}

__global__ void misaligned_load_kernel(float* x) {
  const auto v = load_vector<Vector<float>>(x + 1);
  x[0] = v.at[0];
}

__global__ void misaligned_store_kernel(float* x) {
  store_vector(x + 2, Vector<float>{{1, 2, 3, 4}});
}

// Aligned as floats are, whatever a GPU would make of it.
__global__ void misaligned_shared_kernel(float* x) {
  WEFT_SHARED(float, parts, 64);
  store_vector(parts, Vector<float>{{1, 2, 3, 4}});
  x[0] = parts[0];
}

__global__ void beside_shared_kernel(float* x) {
  WEFT_SHARED(float, parts, 32);
  volatile float* p = parts;
  p[threadIdx.x + 1] = x[threadIdx.x];  // the last lane's is one too far
}

__global__ void unwritten_kernel(float* y) {
  WEFT_SHARED(float, fixed, 32);
  auto* asked_for = dynamic_shared<float>();
  y[threadIdx.x] = fixed[threadIdx.x];
  y[32 + threadIdx.x] = asked_for[threadIdx.x];
  fixed[threadIdx.x] = asked_for[threadIdx.x] = 1;  // the next block must not see it
}

__global__ void large_array_kernel(float* x) {
  WEFT_SHARED(float, one, 6000);
  WEFT_SHARED(float, two, 7000);
  one[0] = two[0] = x[0];
}

__global__ void array_and_more_kernel(float* x) {
  WEFT_SHARED(float, one, 10000);
  one[0] = x[0];
}

__global__ void nothing_kernel(float*) {}

__global__ void nested_kernel(float*) {
  emulate::run_grid({.blocks = 1, .threads = 32}, [] {});
}

__global__ void read_kernel(const float* x, float* y) { y[0] = x[0]; }

__global__ void wrong_index_kernel(float* x, int i) { x[i] = 0; }

__global__ void deep_kernel(float* x) {
  constexpr int size = 200000, page = 4096;
  volatile char local[size];
  asm volatile("" : : "r"(local) : "memory");  // an address that is known keeps the array whole
  for (int i = size - 1; i > 0; i -= page) local[i] = 1;  // down the stack, page by page
  x[0] = static_cast<float>(local[size - 1]);
}

// This program again, with one of the hidden cases below, which ends the process.
test::ProcessResult run_hidden(const std::string& name) {
  return test::run_process({"/proc/self/exe", name},
                           {.environment = {{"ASAN_OPTIONS", "detect_leaks=0"}}});
}

}  // namespace

TEST_CASE("a missing barrier shows as another result in the other order", "[cuda_emulation]") {
  CHECK(reversed<true>(Order::forward) == reversed<true>(Order::backward));
  const std::vector<float> forward = reversed<false>(Order::forward);
  const std::vector<float> backward = reversed<false>(Order::backward);
  CHECK(std::memcmp(forward.data(), backward.data(), 64 * sizeof(float)) != 0);
  CHECK(std::isnan(forward[0]));  // what nobody had written yet
  CHECK(std::isnan(backward[63]));
}

TEST_CASE("two blocks that write the same place give another result in the other order",
          "[cuda_emulation]") {
  CHECK(named<true>(Order::forward) == std::vector<unsigned>{0, 1, 2, 3, 4});
  CHECK(named<true>(Order::backward) == std::vector<unsigned>{0, 1, 2, 3, 4});
  CHECK(named<false>(Order::forward)[0] == 4);
  CHECK(named<false>(Order::backward)[0] == 0);
}

TEST_CASE("a barrier that some threads never reach is an error", "[cuda_emulation]") {
  CHECK_THAT(message_of(early_end_kernel, {.blocks = 2, .threads = 64}),
             Contains("thread 0 of block (0, 0, 0) waits at a __syncthreads that others never"));
  CHECK_THAT(message_of(one_warp_kernel, {.blocks = 1, .threads = 96}),
             Contains("waits at a __syncthreads that others never reach"));
  CHECK_THAT(message_of(one_more_barrier_kernel, {.blocks = 1, .threads = 64}),
             Contains("thread 32 of block (0, 0, 0) waits at a __syncthreads that others never"));
}

TEST_CASE("a shuffle that not all lanes take part in is an error", "[cuda_emulation]") {
  CHECK_THAT(message_of(missing_lane_kernel, {.blocks = 1, .threads = 32}),
             Contains("thread 0 of block (0, 0, 0) waits at a shuffle or __syncwarp that others"));
  CHECK_THAT(message_of(other_place_kernel, {.blocks = 1, .threads = 32}),
             Contains("waits at a shuffle or __syncwarp that others never reach"));
  CHECK_THAT(message_of(some_lanes_kernel, {.blocks = 1, .threads = 32}),
             Contains("Expected: all lanes. Received: mask 0xffff"));
  CHECK_THAT(message_of(far_shuffle_kernel, {.blocks = 1, .threads = 32}),
             Contains("a shuffle beyond the warp. Expected: below 32. Received: 32"));
}

TEST_CASE("a vector that is not aligned is an error", "[cuda_emulation]") {
  const std::string text = "a vector's address is not a multiple of its 16 bytes";
  CHECK_THAT(message_of(misaligned_load_kernel, {.threads = 32}), Contains(text));
  CHECK_THAT(message_of(misaligned_store_kernel, {.threads = 32}), Contains(text));
  CHECK_THAT(message_of(misaligned_shared_kernel, {.threads = 32}), Contains(text));
}

TEST_CASE("shared memory that nobody has written is NaN, in every block", "[cuda_emulation]") {
  EmulatedDevice d;
  float* y = d.make<float>(64);
  for (int i = 0; i < 2; ++i) {
    launch(unwritten_kernel, {.blocks = 2, .threads = 32, .shared_bytes = 128}, d.stream(), y);
    const std::vector<float> found = d.read(y, 64);
    CHECK(std::all_of(found.begin(), found.end(), [](float v) { return std::isnan(v); }));
  }
}

TEST_CASE("new memory of the device is NaN", "[cuda_emulation]") {
  EmulatedDevice d;
  CHECK(std::isnan(d.read(d.make<float>(3), 3)[2]));
}

TEST_CASE("shared memory that is written outside its arrays is an error", "[cuda_emulation]") {
#ifdef WEFT_ASAN
  const test::ProcessResult r = run_hidden("planted: beside a shared array");
  CHECK(r.code != 0);
  CHECK_THAT(r.err, Contains("AddressSanitizer: use-after-poison"));
#else
  CHECK_THAT(message_of(beside_shared_kernel, {.threads = 32}),
             Contains("shared memory was written outside its arrays"));
#endif
}

TEST_CASE("more than a launch may ask for is an error", "[cuda_emulation]") {
  const auto text = [](const LaunchShape& shape) { return message_of(nothing_kernel, shape); };
  CHECK(text({.threads = 0}) ==
        "emulated launch: the block's size does not fit. Expected: whole warps, at most 1024 "
        "threads. Received: 0");
  CHECK_THAT(text({.threads = 33}), Contains("Received: 33"));
  CHECK_THAT(text({.threads = 1056}), Contains("Received: 1056"));
  CHECK_THAT(text({.blocks = 2147483648u, .threads = 32}),
             Contains("too many blocks. Expected: at most 2147483647. Received: 2147483648"));
  CHECK_THAT(text({.threads = 32, .blocks_y = 65536}), Contains("too many blocks along y"));
  CHECK_THAT(text({.threads = 32, .blocks_z = 65536}), Contains("too many blocks along z"));
  CHECK_THAT(text({.threads = 32, .shared_bytes = 227 * 1024 + 1}),
             Contains("too much shared memory. Expected: at most 232448 bytes. Received: 232449"));
}

TEST_CASE("more shared memory than a block may have is an error", "[cuda_emulation]") {
  CHECK_THAT(
      message_of(large_array_kernel, {.threads = 32}),
      Contains("of a fixed size. Expected: at most 49152 bytes for a block. Received: 52000"));
  CHECK_THAT(message_of(array_and_more_kernel, {.threads = 32, .shared_bytes = 200000}),
             Contains("Expected: at most 232448 bytes for a block. Received: 240000"));
}

TEST_CASE("no block, no kernel", "[cuda_emulation]") {
  EmulatedDevice d;
  const std::size_t before = emulate::launch_count();
  for (const LaunchShape& shape :
       {LaunchShape{.blocks = 0}, LaunchShape{.blocks_y = 0}, LaunchShape{.blocks_z = 0}})
    launch(nothing_kernel, shape, d.stream(), static_cast<float*>(nullptr));
  CHECK(emulate::launch_count() == before);
  launch(nothing_kernel, {.threads = 32}, d.stream(), static_cast<float*>(nullptr));
  CHECK(emulate::launch_count() == before + 1);
}

TEST_CASE("device code on the host, and kernels in kernels, are errors", "[cuda_emulation]") {
  const std::string text = "emulated kernel: device code was called from the host";
  CHECK(error_of<DeviceError>([] { __syncthreads(); }) == text);
  CHECK(error_of<DeviceError>([] { __syncwarp(); }) == text);
  CHECK(error_of<DeviceError>([] { static_cast<void>(threadIdx.x + blockIdx.x); }) == text);
  CHECK(error_of<DeviceError>([] { warp_reduce(1.0F, Sum()); }) == text);
  CHECK(error_of<DeviceError>([] { static_cast<void>(cuda::dynamic_shared<float>()); }) == text);
  CHECK_THAT(message_of(nested_kernel, {.threads = 32}), Contains("was launched by a kernel"));
}

TEST_CASE("a pointer into the host's memory is an error", "[cuda_emulation]") {
  EmulatedDevice d;
  std::vector<float> host = {3, 4};
  float* y = d.make<float>(1);
  CHECK(error_of<DeviceError>([&] {
          launch(read_kernel, {.threads = 32}, d.stream(), host.data(), y);
        }) == "emulated launch: an argument points to memory that is not the device's");
  auto* pinned = static_cast<float*>(d.api.allocate_pinned(8));
  pinned[1] = 4;
  launch(read_kernel, {.threads = 32}, d.stream(), pinned + 1, y);
  CHECK(d.read(y, 1)[0] == 4);
  d.api.free_pinned(pinned);
  CHECK_THAT(
      error_of<DeviceError>([&] { d.api.copy(y, host.data(), 4, stream_of(d.stream()).own); }),
      Contains("copy was given memory of the host"));
  CHECK_THAT(error_of<DeviceError>([&] { d.api.fill_zero(y, 8, stream_of(d.stream()).own); }),
             Contains("fill_zero leaves its memory. Expected: at most 4 bytes. Received: 8"));
}

TEST_CASE("host code that reads the device's memory is stopped", "[cuda_emulation]") {
  const test::ProcessResult r = run_hidden("planted: a read by the host");
  CHECK(r.code != 0);
  CHECK_THAT(r.out, Contains("the device has made 7"));
  CHECK_THAT(r.out + r.err, Contains("SEGV"));
  CHECK_THAT(r.out, !Contains("the host has read"));
}

// Ordinary builds would write into somebody else's memory.
TEST_CASE("AddressSanitizer finds a wrong index, and memory that is used after it was given back",
          "[cuda_emulation]") {
#ifdef WEFT_ASAN
  for (const char* name :
       {"planted: behind an array", "planted: before an array",
        "planted: behind what was asked of the pool", "planted: memory that the pool keeps"}) {
    INFO(name);
    const test::ProcessResult r = run_hidden(name);
    CHECK(r.code != 0);
    CHECK_THAT(r.err, Contains("AddressSanitizer: "));
    CHECK_THAT(r.err, Contains("wrong_index_kernel"));
  }
#else
  SUCCEED("compiled without AddressSanitizer");
#endif
}

TEST_CASE("a kernel that needs too large a stack is stopped", "[cuda_emulation]") {
  const test::ProcessResult r = run_hidden("planted: a deep stack");
  CHECK(r.code != 0);
}

// Hidden: each ends the process.
TEST_CASE("planted: a read by the host", "[.]") {
  EmulatedDevice d({.guard_memory = true});
  const float* x = d.make(std::vector<float>{7});
  float* y = d.make<float>(1);
  launch(read_kernel, {.threads = 32}, d.stream(), x, y);
  std::printf("the device has made %g\n", static_cast<double>(d.read(y, 1)[0]));
  std::fflush(stdout);
  const volatile float* from_here = y;
  std::printf("the host has read %g\n", static_cast<double>(*from_here));
}
TEST_CASE("planted: behind an array", "[.]") {
  EmulatedDevice d;
  launch(wrong_index_kernel, {.threads = 32}, d.stream(), d.make<float>(100), 100);
}
TEST_CASE("planted: before an array", "[.]") {
  EmulatedDevice d;
  launch(wrong_index_kernel, {.threads = 32}, d.stream(), d.make<float>(100), -1);
}
TEST_CASE("planted: behind what was asked of the pool", "[.]") {
  EmulatedDevice d;
  MemoryPool pool(std::shared_ptr<DeviceApi>(&d.api, [](DeviceApi*) {}));
  launch(wrong_index_kernel, {.threads = 32}, d.stream(), static_cast<float*>(pool.allocate(400)),
         100);
}
TEST_CASE("planted: memory that the pool keeps", "[.]") {
  EmulatedDevice d;
  MemoryPool pool(std::shared_ptr<DeviceApi>(&d.api, [](DeviceApi*) {}));
  auto* x = static_cast<float*>(pool.allocate(400));
  pool.deallocate(x);
  launch(wrong_index_kernel, {.threads = 32}, d.stream(), x, 0);
}
TEST_CASE("planted: beside a shared array", "[.]") {
  EmulatedDevice d;
  launch(beside_shared_kernel, {.threads = 32}, d.stream(), d.make(numbers(32)));
}
TEST_CASE("planted: a deep stack", "[.]") {
  EmulatedDevice d;
  launch(deep_kernel, {.threads = 32}, d.stream(), d.make<float>(1));
}
