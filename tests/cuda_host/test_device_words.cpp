// What kernels are written with gives right results where it is emulated: in either order of the
// threads, and on threads of the host.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "tests/cuda_host/emulated_device.h"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::cuda;
using emulate::Order;
using test::EmulatedDevice;

namespace {

std::vector<double> drawn(std::size_t n, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_int_distribution<int> whole(-1000, 1000);  // sums of them are exact
  std::vector<double> x(n);
  for (double& v : x) v = whole(generator);
  return x;
}

template <class T>
__global__ void warp_kernel(const T* x, T* sums, T* largest) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  sums[i] = warp_reduce(x[i], Sum());
  largest[i] = warp_reduce(x[i], Max());
}

template <class T>
__global__ void block_kernel(const T* x, T* sums, T* largest, T* least) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  constexpr T most = std::numeric_limits<T>::max();
  sums[i] = block_reduce(x[i], T(0), Sum());
  largest[i] = block_reduce(x[i], T(-most), Max());
  least[i] = block_reduce(x[i], most, Min());
}

template <class T>
void check_warps(unsigned threads) {
  EmulatedDevice d;
  const std::size_t n = std::size_t{2} * threads;
  const std::vector<double> whole = drawn(n, threads);
  const std::vector<T> x(whole.begin(), whole.end());
  T *sums = d.make<T>(n), *largest = d.make<T>(n);
  launch(warp_kernel<T>, {.blocks = 2, .threads = threads}, d.stream(), d.make(x), sums, largest);
  const std::vector<T> found_sums = d.read(sums, n), found_largest = d.read(largest, n);
  bool right = true;
  for (std::size_t i = 0; i < n; ++i) {
    const auto first = x.begin() + static_cast<std::ptrdiff_t>(i / 32 * 32);
    right = right && found_sums[i] == std::accumulate(first, first + 32, T(0)) &&
            found_largest[i] == *std::max_element(first, first + 32);
  }
  CHECK(right);
}

template <class T>
void check_blocks(unsigned threads) {
  EmulatedDevice d;
  const std::size_t n = std::size_t{2} * threads;
  const std::vector<double> whole = drawn(n, threads);
  const std::vector<T> x(whole.begin(), whole.end());
  T *sums = d.make<T>(n), *largest = d.make<T>(n), *least = d.make<T>(n);
  launch(block_kernel<T>, {.blocks = 2, .threads = threads}, d.stream(), d.make(x), sums, largest,
         least);
  const std::vector<T> a = d.read(sums, n), b = d.read(largest, n), c = d.read(least, n);
  bool right = true;
  for (std::size_t i = 0; i < n; ++i) {
    const auto first = x.begin() + static_cast<std::ptrdiff_t>(i / threads * threads);
    const auto [low, high] = std::minmax_element(first, first + threads);
    right = right && a[i] == std::accumulate(first, first + threads, T(0)) && b[i] == *high &&
            c[i] == *low;
  }
  CHECK(right);
}

// A block after the other takes the same shared memory, row after row.
__global__ void rows_kernel(std::int64_t rows, std::int64_t size, const float* x, float* sums) {
  for_each_row(rows, [&](std::int64_t row) {
    float sum = 0;
    for_each_in_block(size, [&](std::int64_t i) { sum += x[row * size + i]; });
    sum = block_reduce(sum, 0.0F, Sum());
    if (threadIdx.x == 0) sums[row] = sum;
  });
}

void check_rows(std::int64_t rows, std::int64_t size, const LaunchShape& shape) {
  EmulatedDevice d;
  const std::vector<double> whole = drawn(static_cast<std::size_t>(rows * size), 7);
  const std::vector<float> x(whole.begin(), whole.end());
  auto* sums = d.make<float>(static_cast<std::size_t>(rows));
  launch(rows_kernel, shape, d.stream(), rows, size, d.make(x), sums);
  std::vector<float> expected;
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto first = x.begin() + row * size;
    expected.push_back(std::accumulate(first, first + size, 0.0F));
  }
  CHECK(d.read(sums, expected.size()) == expected);
}

__global__ void count_kernel(std::int64_t n, unsigned* visits) {
  for_each_index(n, [&](std::int64_t i) { visits[i] += 1; });
}

struct Shuffled {
  int own = 0, up = 0, down = 0, other = 0, from = 0;
  unsigned odd = 0, any = 0, all = 0;
  bool operator==(const Shuffled&) const = default;
};

__global__ void shuffle_kernel(Shuffled* out) {
  const int i = static_cast<int>(threadIdx.x);
  Shuffled s;
  s.own = 100 + i;
  s.up = __shfl_up_sync(all_lanes, s.own, 3);
  s.down = __shfl_down_sync(all_lanes, s.own, 5);
  s.other = __shfl_xor_sync(all_lanes, s.own, 17);
  s.from = __shfl_sync(all_lanes, s.own, (i + 1) % 32);
  s.odd = __ballot_sync(all_lanes, i % 2);
  s.any = static_cast<unsigned>(__any_sync(all_lanes, i == 40 ? 1 : 0));
  s.all = static_cast<unsigned>(__all_sync(all_lanes, i < 32 ? 1 : 0));
  out[i] = s;
}

Shuffled shuffled(int i) {
  const int first = i / 32 * 32, lane = i % 32;
  return {.own = 100 + i,
          .up = 100 + (lane < 3 ? i : i - 3),
          .down = 100 + (lane + 5 > 31 ? i : i + 5),
          .other = 100 + first + (lane ^ 17),
          .from = 100 + first + (i + 1) % 32,
          .odd = 0xaaaaaaaau,
          .any = i >= 32 ? 1u : 0u,
          .all = i < 32 ? 1u : 0u};
}

__global__ void wide_shuffle_kernel(double* x) {
  x[threadIdx.x] = __shfl_xor_sync(all_lanes, x[threadIdx.x], 1);
}

__global__ void index_kernel(unsigned* out) {
  const unsigned block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  out[block * blockDim.x + threadIdx.x] = block;
}

__global__ void dynamic_kernel(const float* x, float* y) {
  auto* parts = dynamic_shared<float>();
  const unsigned i = threadIdx.x;
  store_vector(parts + 4 * i, load_vector<Vector<float>>(x + 4 * i));
  __syncthreads();
  store_vector(y + 4 * i, load_vector<Vector<float>>(parts + 4 * (blockDim.x - 1 - i)));
}

struct Totals {
  unsigned sum = 0, least = 1000000, largest = 0, taken = 0, last = 0;
  int signed_sum = 0;
};

__global__ void atomic_kernel(Totals* t, unsigned* numbers) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  numbers[atomicAdd(&t->sum, 1u)] = i;
  atomicAdd(&t->signed_sum, -1);
  atomicMin(&t->least, i + 5);
  atomicMax(&t->largest, i);
  if (atomicCAS(&t->taken, 0u, i + 1) == 0u) atomicExch(&t->last, i + 1);
}

__global__ void refuse_kernel(RefusalTable table, int place, const int* x, std::int64_t n) {
  for_each_index(n, [&](std::int64_t i) {
    if (x[i] < 0) refuse(table, place, i, x[i]);
  });
}

__global__ void honour_kernel(const unsigned* refused, int* y) {
  if (is_refused(refused)) return;
  y[threadIdx.x] = 1;
}

}  // namespace

TEST_CASE("warp_reduce and block_reduce are right for all sizes of a block", "[cuda_emulation]") {
  for (const Order order : {Order::forward, Order::backward}) {
    const test::RunKernels run(order);
    for (unsigned threads = 32; threads <= 1024; threads += 32) {
      INFO(threads);
      check_warps<float>(threads);
      check_blocks<float>(threads);
      check_blocks<double>(threads);
      check_blocks<int>(threads);
    }
  }
}

TEST_CASE("reductions on threads of the host", "[cuda_emulation]") {
  const test::RunKernels run(Order::forward, true);
  for (const unsigned threads : {32u, 64u, 160u}) {
    check_warps<float>(threads);
    check_blocks<float>(threads);
  }
  check_rows(5, 70, {.blocks = 2, .threads = 64});
}

TEST_CASE("every row is one block's, whatever their number", "[cuda_emulation]") {
  for (const Order order : {Order::forward, Order::backward}) {
    const test::RunKernels run(order);
    for (const std::int64_t rows : {1, 2, 3, 31, 65}) {
      for (const std::int64_t size : {0, 1, 31, 33, 255, 257, 1025}) {
        check_rows(rows, size, {.blocks = 3, .threads = 128});
        check_rows(rows, size, shape_for_rows(rows, size));
      }
    }
  }
}

TEST_CASE("every element is visited once, whatever their number", "[cuda_emulation]") {
  for (const Order order : {Order::forward, Order::backward}) {
    const test::RunKernels run(order);
    for (const std::int64_t n : {1, 31, 32, 33, 255, 256, 257, 1025, 5000}) {
      for (const LaunchShape& shape :
           {shape_for(n), shape_for(n, 4), LaunchShape{.blocks = 3, .threads = 96}}) {
        EmulatedDevice d;
        const auto size = static_cast<std::size_t>(n);
        auto* visits = d.make(std::vector<unsigned>(size, 0));
        launch(count_kernel, shape, d.stream(), n, visits);
        CHECK(d.read(visits, size) == std::vector<unsigned>(size, 1));
      }
    }
  }
}

TEST_CASE("shapes of launches", "[cuda_emulation]") {
  CHECK(shape_for(0).blocks == 0);
  CHECK(shape_for(1).blocks == 1);
  CHECK(shape_for(256).blocks == 1);
  CHECK(shape_for(257).blocks == 2);
  CHECK(shape_for(1025, 4).blocks == 2);
  CHECK(shape_for(std::int64_t{1} << 40).blocks == 132 * 16);
  CHECK(shape_for_rows(0, 5).blocks == 0);
  CHECK(shape_for_rows(7, 5).threads == 32);
  CHECK(shape_for_rows(7, 33).threads == 64);
  CHECK(shape_for_rows(7, 100000).threads == 256);
  CHECK(shape_for_rows(std::int64_t{1} << 40, 5).blocks == 132 * 32);
}

TEST_CASE("shuffles and votes", "[cuda_emulation]") {
  for (const bool on_threads : {false, true}) {
    for (const Order order : {Order::forward, Order::backward}) {
      const test::RunKernels run(order, on_threads);
      EmulatedDevice d;
      auto* out = d.make<Shuffled>(64);
      launch(shuffle_kernel, {.threads = 64}, d.stream(), out);
      const std::vector<Shuffled> found = d.read(out, 64);
      for (int i = 0; i < 64; ++i) CHECK(found[static_cast<std::size_t>(i)] == shuffled(i));
      std::vector<double> x(32);
      std::iota(x.begin(), x.end(), 0.1);
      double* on_device = d.make(x);
      launch(wide_shuffle_kernel, {.threads = 32}, d.stream(), on_device);
      CHECK(d.read(on_device, 32)[6] == x[7]);
    }
  }
}

TEST_CASE("the numbers of blocks along three axes", "[cuda_emulation]") {
  for (const bool on_threads : {false, true}) {
    const test::RunKernels run(Order::backward, on_threads);
    EmulatedDevice d;
    const std::size_t n = std::size_t{3} * 4 * 5 * 32;
    auto* out = d.make<unsigned>(n);
    launch(index_kernel, {.blocks = 3, .threads = 32, .blocks_y = 4, .blocks_z = 5}, d.stream(),
           out);
    const std::vector<unsigned> found = d.read(out, n);
    bool right = true;
    for (std::size_t i = 0; i < n; ++i) right = right && found[i] == i / 32;
    CHECK(right);
  }
}

TEST_CASE("shared memory that the launch asks for, by vectors", "[cuda_emulation]") {
  EmulatedDevice d;
  std::vector<float> x(256);
  std::iota(x.begin(), x.end(), 0.0F);
  auto* y = d.make<float>(256);
  launch(dynamic_kernel, {.threads = 64, .shared_bytes = 1024}, d.stream(), d.make(x), y);
  const std::vector<float> found = d.read(y, 256);
  CHECK(found[0] == 252);
  CHECK(found[255] == 3);
}

TEST_CASE("Divisor is / and %", "[cuda_emulation]") {
  constexpr std::uint32_t most = 2147483647;  // 2^31 - 1
  std::vector<std::uint32_t> numbers = {0, 1, 2, 3, 5, 6, 7, 10, 100, 641, 1000003, most - 1, most};
  for (unsigned bit = 2; bit < 31; ++bit) {
    for (const int near : {-1, 0, 1})
      numbers.push_back((std::uint32_t{1} << bit) + static_cast<std::uint32_t>(near));
  }
  std::mt19937 generator(1);
  for (int i = 0; i < 2000; ++i) numbers.push_back((generator() & most) >> (generator() % 31));
  bool right = true;
  for (const std::uint32_t d : numbers) {
    if (d == 0) continue;
    const Divisor by(d);
    for (const std::uint32_t n : numbers) {
      std::uint32_t rest = 0;
      const std::uint32_t quotient = by.divide(n, rest);
      right = right && quotient == n / d && rest == n % d && by.divide(n) == n / d;
    }
    // Around multiples of d, where a quotient that is one off shows.
    for (std::uint64_t multiple = d; multiple <= most; multiple = multiple * 3 + d) {
      const auto n = static_cast<std::uint32_t>(multiple);
      right = right && by.divide(n) == n / d && by.divide(n - 1) == (n - 1) / d;
    }
  }
  CHECK(right);
}

TEST_CASE("atomics", "[cuda_emulation]") {
  for (const bool on_threads : {false, true}) {
    const test::RunKernels run(Order::forward, on_threads);
    EmulatedDevice d;
    auto* totals = d.make(std::vector<Totals>(1));
    auto* numbers = d.make<unsigned>(192);
    launch(atomic_kernel, {.blocks = 3, .threads = 64}, d.stream(), totals, numbers);
    const Totals t = d.read(totals, 1)[0];
    CHECK(t.sum == 192);
    CHECK(t.signed_sum == -192);
    CHECK(t.least == 5);
    CHECK(t.largest == 191);
    CHECK(t.taken == t.last);
    CHECK(t.taken != 0);
    std::vector<unsigned> given = d.read(numbers, 192), expected(192);
    std::iota(expected.begin(), expected.end(), 0u);
    std::sort(given.begin(), given.end());
    CHECK(given == expected);
  }
}

TEST_CASE("a kernel that refuses leaves the first wrong element, and no later one writes",
          "[cuda_emulation]") {
  for (const bool on_threads : {false, true}) {
    for (const Order order : {Order::forward, Order::backward}) {
      const test::RunKernels run(order, on_threads);
      EmulatedDevice d;
      RefusalTable table;
      table.flag = d.make(std::vector<unsigned>{0});
      table.entries = d.make(std::vector<Refusal>(4));
      int* y = d.make(std::vector<int>(32, 0));
      std::vector<int> x(300, 1);
      launch(refuse_kernel, {.blocks = 2, .threads = 64}, d.stream(), table, 2, d.make(x),
             std::int64_t{300});
      CHECK(d.read(table.flag, 1)[0] == 0);
      launch(honour_kernel, {.threads = 32}, d.stream(), table.flag, y);
      CHECK(d.read(y, 32) == std::vector<int>(32, 1));
      x[70] = -7;
      x[271] = -8;
      x[130] = -9;
      int* wrong = d.make(x);
      launch(refuse_kernel, {.blocks = 2, .threads = 64}, d.stream(), table, 2, wrong,
             std::int64_t{300});
      CHECK(d.read(table.flag, 1)[0] == 1);
      const std::vector<Refusal> entries = d.read(table.entries, 4);
      CHECK(entries[2].refused == 1);
      CHECK(entries[2].lock == 0);
      CHECK(entries[2].position == 70);
      CHECK(entries[2].value == -7);
      CHECK(entries[1].refused == 0);
      int* untouched = d.make(std::vector<int>(32, 0));
      launch(honour_kernel, {.threads = 32}, d.stream(), table.flag, untouched);
      CHECK(d.read(untouched, 32) == std::vector<int>(32, 0));
      launch(honour_kernel, {.threads = 32}, d.stream(), nullptr, untouched);
      CHECK(d.read(untouched, 32) == std::vector<int>(32, 1));
    }
  }
}
