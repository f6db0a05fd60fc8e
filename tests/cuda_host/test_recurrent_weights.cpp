// The weights of a cell in cuDNN's layout and back, for every width of element, both numbers of
// gates and sizes around the edges of a tile. Only cuDNN's kernels call this; here it runs where
// there is none.
#include "backends/cuda/recurrent_weights.hpp"

#include <utility>

#include "tests/cuda_host/emulated_device.h"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::cuda;

namespace {

/// Gates in the opposite order, so that none lies where it does in Keras; biases last.
RecurrentWeights layout_of(int gates, int bias_rows, std::int64_t inputs, std::int64_t units,
                           std::size_t item_bytes) {
  RecurrentWeights w{.gates = gates,
                     .bias_rows = bias_rows,
                     .inputs = inputs,
                     .units = units,
                     .item_bytes = item_bytes};
  std::int64_t at = 0;
  const auto take = [&](std::int64_t size) { return std::exchange(at, at + size); };
  for (int g = gates - 1; g >= 0; --g) {
    w.kernel[g] = take(units * inputs);
    w.recurrent_kernel[g] = take(units * units);
  }
  for (int g = gates - 1; g >= 0; --g) {
    for (auto& row : w.bias) row[g] = take(units);
  }
  return w;
}

template <class T>
struct Weights {
  std::vector<T> kernel, recurrent_kernel, bias;

  explicit Weights(const RecurrentWeights& w) {
    T next = 1;
    for (auto [part, rows] : {std::pair{&kernel, w.inputs},
                              {&recurrent_kernel, w.units},
                              {&bias, std::int64_t{w.bias_rows}}}) {
      part->resize(static_cast<std::size_t>(rows * w.gates * w.units));
      for (T& value : *part) value = next++;
    }
  }
  std::vector<T> packed(const RecurrentWeights& w) const {
    std::vector<T> out(static_cast<std::size_t>(w.count()), T(0));
    const std::int64_t columns = w.gates * w.units;
    for (std::int64_t g = 0; g < w.gates; ++g) {
      for (std::int64_t u = 0; u < w.units; ++u) {
        const auto from = [&](const std::vector<T>& part, std::int64_t row) {
          return part[static_cast<std::size_t>(row * columns + g * w.units + u)];
        };
        const auto to = [&](std::int64_t at) -> T& { return out[static_cast<std::size_t>(at)]; };
        for (std::int64_t i = 0; i < w.inputs; ++i)
          to(w.kernel[g] + u * w.inputs + i) = from(kernel, i);
        for (std::int64_t i = 0; i < w.units; ++i)
          to(w.recurrent_kernel[g] + u * w.units + i) = from(recurrent_kernel, i);
        for (std::int64_t row = 0; row < w.bias_rows; ++row)
          to(w.bias[row][g] + u) = from(bias, row);
      }
    }
    return out;
  }
};

template <class T>
void check_weights(const RecurrentWeights& w) {
  const Weights<T> keras(w);
  const std::vector<T> packed = keras.packed(w);
  for (const auto order : {emulate::Order::forward, emulate::Order::backward}) {
    const test::RunKernels run(order);
    test::EmulatedDevice d;
    T* const there = d.make<T>(packed.size());
    pack_weights(w, {d.make(keras.kernel), d.make(keras.recurrent_kernel), d.make(keras.bias)},
                 there, d.stream());
    CHECK(d.read(there, packed.size()) == packed);
    T *const kernel = d.make<T>(keras.kernel.size()),
             *const recurrent = d.make<T>(keras.recurrent_kernel.size()),
             *const bias = d.make<T>(keras.bias.size());
    unpack_weights(w, there, {kernel, recurrent, bias}, d.stream());
    CHECK(d.read(kernel, keras.kernel.size()) == keras.kernel);
    CHECK(d.read(recurrent, keras.recurrent_kernel.size()) == keras.recurrent_kernel);
    CHECK(d.read(bias, keras.bias.size()) == keras.bias);
  }
}

}  // namespace

TEST_CASE("a cell's weights: cuDNN's layout and back", "[cuda_host][own_kernels]") {
  for (const auto& [gates, bias_rows] : {std::pair{4, 1}, {3, 2}}) {
    for (const auto& [inputs, units] :
         {std::pair<std::int64_t, std::int64_t>{1, 1}, {31, 33}, {32, 32}, {65, 5}, {3, 64}}) {
      CAPTURE(gates, inputs, units);
      check_weights<std::uint16_t>(layout_of(gates, bias_rows, inputs, units, 2));
      check_weights<std::uint32_t>(layout_of(gates, bias_rows, inputs, units, 4));
      check_weights<std::uint64_t>(layout_of(gates, bias_rows, inputs, units, 8));
    }
  }
}
