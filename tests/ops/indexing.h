// Index arithmetic for formulas, and the check of functions that are made of several ops.
#pragma once
#include <weft/core/error.h>
#include <weft/core/ops/reduce.h>
#include <weft/graph/trace/tape.h>
#include <weft/graph/trace/traced.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/op_case.h"

namespace weft::testing {

using Place = std::vector<std::int64_t>;

/// Where `index` lies in a row-major array.
inline std::size_t offset(const Shape& shape, const Place& index) {
  std::int64_t at = 0;
  for (int i = 0; i < shape.rank(); ++i) at = at * shape[i] + index[static_cast<std::size_t>(i)];
  return static_cast<std::size_t>(at);
}

inline double at(const Array& a, const Place& index) { return a.values[offset(a.shape, index)]; }

/// Calls f for every index of a shape, in row-major order.
inline void each(const Shape& shape, const std::function<void(const Place&)>& f) {
  Place index(static_cast<std::size_t>(shape.rank()), 0);
  for (std::int64_t n = shape.size(); n > 0; --n) {
    f(index);
    for (int i = shape.rank() - 1; i >= 0; --i) {
      const auto k = static_cast<std::size_t>(i);
      if (++index[k] < shape[i]) break;
      index[k] = 0;
    }
  }
}

/// The array whose element at an index is f of it.
inline Array build(const Shape& shape, const std::function<double(const Place&)>& f) {
  Array out{shape, {}};
  each(shape, [&](const Place& index) { out.values.push_back(f(index)); });
  return out;
}

/// A function of tensors, with values known by a formula: values in float32, the gradient in
/// float64 by central differences of a random projection, and the same bits from a plan.
struct FunctionCase {
  std::string name;
  std::vector<CaseInput> inputs;
  std::function<Tensor(const std::vector<Tensor>&)> function;
  std::function<Array(const std::vector<Array>&)> formula;
  double tolerance = 1e-5;
  bool gradient = true;
};

inline std::vector<Tensor> inputs_of(const FunctionCase& c, DType floating) {
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    CaseInput input = c.inputs[i];
    if (input.dtype.is_floating()) input.dtype = floating;
    out.push_back(make_input(input, i));
  }
  return out;
}

inline void check_function_gradient(const FunctionCase& c) {
  const std::vector<Tensor> inputs = inputs_of(c, DType::float64);
  const auto project = [&](const std::vector<Tensor>& in) {
    const Tensor y = c.function(in);
    return ops::sum(y * make_input({y.shape(), DType::float64, -1, 1}, 99));
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].dtype().is_floating() || !c.inputs[i].differentiable) continue;
    GradientTape tape;
    tape.watch(inputs[i]);
    const Tensor computed = tape.gradient(project(inputs), std::vector<Tensor>{inputs[i]})[0];
    REQUIRE(computed);
    const Array received = to_array(computed), from = to_array(inputs[i]);
    REQUIRE(received.shape == from.shape);
    for (std::size_t k = 0; k < from.values.size(); ++k) {
      double side[2];
      for (int s = 0; s < 2; ++s) {
        std::vector<Tensor> moved = inputs;
        std::vector<double> values = from.values;
        values[k] += s == 0 ? 1e-5 : -1e-5;
        moved[i] = Tensor::from(values, from.shape);
        side[s] = project(moved).item<double>();
      }
      const double expected = (side[0] - side[1]) / 2e-5;
      INFO(c.name << ", gradient of input " << i << ", element " << k);
      CHECK(received.values[k] == Approx(expected).margin(1e-6).epsilon(1e-6));
    }
  }
}

inline void run_function(const FunctionCase& c) {
  const std::vector<Tensor> inputs = inputs_of(c, DType::float32);
  std::vector<Array> arrays;
  for (const Tensor& t : inputs) arrays.push_back(to_array(t));
  const Tensor eager = c.function(inputs);
  check_close(to_array(eager), c.formula(arrays), c.tolerance, c.name);
  auto planned = traced([&](const Tensors& in) { return c.function(in.flat()); });
  INFO(c.name << " in a plan");
  CHECK(same_bits(planned(Tensors(inputs)), eager));
  if (c.gradient) check_function_gradient(c);
}

}  // namespace weft::testing
