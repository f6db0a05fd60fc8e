// A convolution's kernel in cuDNN's layout and back, for every width of element and sizes around
// the edges of a tile. Only libraries' kernels call this; here it runs where there are none.
#include "backends/cuda/kernel_layout.hpp"

#include <utility>

#include "tests/cuda_host/emulated_device.h"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::cuda;

namespace {

template <class T>
void check_layout(std::int64_t per_filter, std::int64_t filters) {
  const auto n = static_cast<std::size_t>(per_filter * filters);
  std::vector<T> keras(n), cudnn(n);
  for (std::int64_t i = 0; i < per_filter; ++i) {
    for (std::int64_t k = 0; k < filters; ++k) {
      const T value = static_cast<T>(i * filters + k + 1);
      keras[static_cast<std::size_t>(i * filters + k)] = value;
      cudnn[static_cast<std::size_t>(k * per_filter + i)] = value;
    }
  }
  const KernelLayout layout{filters, per_filter, sizeof(T)};
  CHECK(layout.bytes() == n * sizeof(T));
  for (const auto order : {emulate::Order::forward, emulate::Order::backward}) {
    const test::RunKernels run(order);
    test::EmulatedDevice d;
    T* const there = d.make<T>(n);
    to_cudnn_layout(layout, d.make(keras), there, d.stream());
    CHECK(d.read(there, n) == cudnn);
    T* const back = d.make<T>(n);
    to_keras_layout(layout, there, back, d.stream());
    CHECK(d.read(back, n) == keras);
  }
}

}  // namespace

TEST_CASE("a kernel's layout: cuDNN's and back, for every size", "[cuda_host][own_kernels]") {
  for (const auto& [per_filter, filters] : {std::pair<std::int64_t, std::int64_t>{1, 1},
                                            {1, 70},
                                            {31, 33},
                                            {32, 32},
                                            {33, 31},
                                            {64, 65},
                                            {27, 5},
                                            {0, 4},
                                            {4, 0}}) {
    CAPTURE(per_filter, filters);
    check_layout<std::uint16_t>(per_filter, filters);
    check_layout<std::uint32_t>(per_filter, filters);
    check_layout<std::uint64_t>(per_filter, filters);
  }
}
