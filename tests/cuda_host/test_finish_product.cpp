// What follows a library's product gives, in place, the bits of the ops that it stands for.
#include <cmath>
#include <cstring>
#include <limits>

#include "backends/cuda/epilogue.hpp"
#include "tests/cuda_host/emulated_device.h"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::cuda;
using test::EmulatedDevice;

namespace {

/// Numbers, and NaN and -0 among them, which relu keeps.
template <class T>
std::vector<T> some(std::size_t n) {
  using C = Compute<T>;
  std::vector<T> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    C value = C(3) * std::cos(static_cast<C>(i) * C(0.7));
    if (i % 97 == 5) value = std::numeric_limits<C>::quiet_NaN();
    if (i % 89 == 7) value = C(-0.0);
    x[i] = store<T>(value);
  }
  return x;
}

template <class T>
void check_shape(DType dtype, std::size_t rows, std::size_t columns, std::size_t offset) {
  const std::vector<T> y = some<T>(offset + rows * columns), bias = some<T>(offset + columns);
  for (const auto activation : {EpilogueActivation::none, EpilogueActivation::relu,
                                EpilogueActivation::sigmoid, EpilogueActivation::tanh}) {
    for (const bool with_bias : {false, true}) {
      std::vector<T> expected = y;
      for (std::size_t i = 0; i < rows * columns; ++i) {
        T& v = expected[offset + i];
        if (with_bias) v = store<T>(load(v) + load(bias[offset + i % columns]));
        if (activation != EpilogueActivation::none) v = store<T>(activate(activation, load(v)));
      }
      EmulatedDevice d;
      T* const on_device = d.make(y);
      finish_product(dtype, activation, with_bias ? d.make(bias) + offset : nullptr,
                     static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns),
                     on_device + offset, d.stream());
      const std::vector<T> found = d.read(on_device, y.size());
      CAPTURE(dtype.name(), rows, columns, offset, static_cast<int>(activation), with_bias);
      CHECK((y.empty() || std::memcmp(found.data(), expected.data(), y.size() * sizeof(T)) == 0));
    }
  }
}

}  // namespace

TEST_CASE("finish_product: bias and activation, for every size and alignment",
          "[cuda_host][own_kernels]") {
  for (const auto& [rows, columns] : {std::pair<std::size_t, std::size_t>{1, 1},
                                      {5, 3},
                                      {7, 8},
                                      {33, 40},
                                      {1, 64},
                                      {64, 10},
                                      {0, 4},
                                      {4, 0},
                                      {129, 17},
                                      {30, 1024},
                                      {2, 1025},
                                      {1000, 16}}) {
    for (const std::size_t offset : {0, 1}) {
      check_shape<float>(DType::float32, rows, columns, offset);
      check_shape<double>(DType::float64, rows, columns, offset);
      check_shape<Float16>(DType::float16, rows, columns, offset);
      check_shape<BFloat16>(DType::bfloat16, rows, columns, offset);
    }
  }
}
