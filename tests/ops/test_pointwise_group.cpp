// pointwise_group against the ops one by one: values to the bit, gradients by finite differences.
#include <weft/core/error.h>
#include <weft/ops.h>

#include <cmath>

#include "core/ops/pointwise_group.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/op_case.h"

namespace weft::testing {
namespace {

using detail::PointwiseProgram;

Config program(int inputs, std::vector<PointwiseProgram::Step> steps, std::vector<int> outputs) {
  return PointwiseProgram{inputs, std::move(steps), std::move(outputs)}.to_attrs();
}

PointwiseProgram::Step step(const char* op, std::vector<int> operands, const Config& attrs = {}) {
  return {&find_op(op), attrs, std::move(operands)};
}

/// The values of a program, op by op.
std::vector<Tensor> one_by_one(const Config& attrs, const std::vector<Tensor>& inputs) {
  const auto p = PointwiseProgram::from_attrs(attrs, static_cast<int>(inputs.size()));
  std::vector<Tensor> values = inputs, out;
  for (const auto& s : p.steps) {
    std::vector<Tensor> in;
    for (int k : s.operands) in.push_back(values[static_cast<std::size_t>(k)]);
    values.push_back(apply_one(s.op->name, in, s.attrs));
  }
  for (int k : p.outputs) out.push_back(values[static_cast<std::size_t>(k)]);
  return out;
}

void check_same(const Config& attrs, const std::vector<Tensor>& inputs) {
  const std::vector<Tensor> expected = one_by_one(attrs, inputs);
  const std::vector<Tensor> received = apply(find_op("pointwise_group"), inputs, attrs);
  REQUIRE(received.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(same_bits(received[i], expected[i]));
}

Tensor values(const Shape& shape, std::uint64_t seed) { return make_input({shape}, seed); }

}  // namespace

TEST_CASE("pointwise_group: value, gradient, plan", "[conformance]") {
  // sigmoid(a + b) * c
  OpCase c = {
      .op = "pointwise_group",
      .inputs = {{{3, 5}}, {{5}}, {{3, 1}}},
      .attrs =
          program(3, {step("add", {0, 1}), step("sigmoid", {3}), step("multiply", {4, 2})}, {5}),
      .formula =
          [](const std::vector<Array>& in) {
            const Array s =
                map(in[0], in[1], [](double a, double b) { return 1 / (1 + std::exp(-(a + b))); });
            return std::vector<Array>{map(s, in[2], [](double a, double b) { return a * b; })};
          },
      .more_dtypes = {DType::float64, DType::float16, DType::bfloat16},
      .more_shapes = {{{1}, {1}, {1}}, {{0, 3}, {3}, {1}}}};
  run_case(c);
  c.gradient = false;
  c.more_shapes = {{{700, 9}, {9}, {1, 1}},
                   {{2, 3000}, {3000}, {2, 1}},
                   {{31, 33}, {33}, {31, 1}},
                   {{1025}, {1}, {1025}},
                   {{5, 1028}, {1028}, {5, 1}}};
  run_case(c);
}

TEST_CASE("pointwise_group gives the bits of the ops alone", "[conformance]") {
  const Config chain =
      program(3,
              {step("multiply", {0, 1}), step("add", {3, 2}), step("tanh", {4}),
               step("leaky_relu", {5}, {{"negative_slope", 0.25}}), step("greater", {4, 6}),
               step("logical_not", {7}), step("where", {8, 6, 0}),
               step("cast", {7}, {{"dtype", "float32"}}), step("subtract", {9, 10})},
              {11, 6});
  for (const auto& [n, c] : std::vector<std::pair<int, int>>{
           {1, 1}, {3, 5}, {64, 10}, {17, 1000}, {2, 5000}, {300, 300}, {1, 40000}, {0, 4}}) {
    INFO(n << " x " << c);
    check_same(chain, {values({n, c}, 1), values({n, c}, 2), values({n, c}, 3)});
    check_same(chain, {values({n, c}, 1), values({c}, 2), values({}, 3)});
    check_same(chain, {values({n, c}, 1), values({n, 1}, 2), values({1, c}, 3)});
    check_same(chain, {values({}, 1), values({c}, 2), values({n, c}, 3)});
  }
  check_same(chain, {values({2, 3, 4, 5}, 1), values({4, 5}, 2), values({2, 3, 1, 1}, 3)});
  check_same(chain, {values({2, 3, 4, 5}, 1), values({2, 1, 4, 1}, 2), values({3, 1, 5}, 3)});
}

TEST_CASE("pointwise_group: results smaller than the whole, bool outputs, inputs of bool",
          "[conformance]") {
  check_same(program(3, {step("add", {0, 1}), step("multiply", {3, 2})}, {4}),
             {values({5}, 1), values({5}, 2), values({7, 5}, 3)});
  check_same(program(2, {step("less", {0, 1}), step("logical_not", {2})}, {2, 3}),
             {values({7, 500}, 1), values({500}, 2)});
  const Tensor mask = values({7, 500}, 3) > 0.0f;
  check_same(program(3, {step("where", {0, 1, 2})}, {3}),
             {mask, values({7, 500}, 1), values({}, 2)});
  check_same(program(2, {step("cast", {0}, {{"dtype", "float32"}}), step("multiply", {2, 1})}, {3}),
             {mask, values({7, 500}, 1)});
  check_same(program(2, {step("cast", {0}, {{"dtype", "bool"}}), step("logical_and", {2, 1})}, {3}),
             {values({7, 500}, 1), mask});
}

TEST_CASE("pointwise_group refuses programs that cannot be", "[errors]") {
  const Tensor x = values({2, 3}, 1);
  const auto received = [&](const Config& attrs) {
    return test::error_of<GraphError>([&] { apply_one("pointwise_group", {x}, attrs); });
  };
  CHECK(received({{"ops", {"relu"}}, {"operands", {{1}}}, {"outputs", {1}}}) ==
        "pointwise_group: operand of relu is no number of this place. Expected: 0 to 0. "
        "Received: 1");
  CHECK(received({{"ops", {"relu"}}, {"operands", {{0}}}, {"outputs", {0}}}) ==
        "pointwise_group: an output is an input. Expected: the result of an op. Received: 0");
  CHECK(received({{"ops", {"relu"}}, {"operands", {{0}}}, {"outputs", {2}}}) ==
        "pointwise_group: output is no number of this place. Expected: 0 to 1. Received: 2");
  CHECK(received({{"ops", {"relu", "exp"}}, {"operands", {{0}}}, {"outputs", {1}}}) ==
        "pointwise_group: the lists do not fit. Expected: 2 operands and attrs. Received: 1 "
        "operands, 0 attrs");
}

TEST_CASE("What can be in a group", "[conformance]") {
  const TensorSpec f{{4, 5}, DType::float32}, b{{4, 5}, DType::boolean}, d{{4, 5}, DType::float64};
  CHECK(detail::can_be_grouped(find_op("add"), {f, f}, {f}));
  CHECK(detail::can_be_grouped(find_op("where"), {b, f, f}, {f}));
  CHECK(detail::can_be_grouped(find_op("cast"), {b}, {f}));
  CHECK_FALSE(detail::can_be_grouped(find_op("add"), {d, d}, {d}));
  CHECK_FALSE(detail::can_be_grouped(find_op("add"), {b, b}, {b}));
  CHECK_FALSE(detail::can_be_grouped(find_op("softmax"), {f}, {f}));
  const Shape whole = {2, 4, 5};
  for (const Shape& s : {Shape{2, 4, 5}, Shape{4, 5}, Shape{5}, Shape{1, 1, 5}, Shape{}, Shape{1},
                         Shape{2, 1, 1}, Shape{2, 4, 1}})
    CHECK(detail::can_enter_group(s, whole));
  for (const Shape& s : {Shape{4, 1}, Shape{2, 1, 5}, Shape{1, 4, 1}, Shape{3, 2, 4, 5}, Shape{3}})
    CHECK_FALSE(detail::can_enter_group(s, whole));
}

}  // namespace weft::testing
