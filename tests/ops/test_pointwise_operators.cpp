// Operators, dtypes, and the errors of pointwise ops.
#include <weft/core/error.h>
#include <weft/core/settings.h>
#include <weft/graph/trace/tape.h>
#include <weft/ops.h>

#include <cmath>

#include "tests/harness/catch.h"
#include "tests/harness/op_case.h"

namespace weft::testing {

using Catch::Matchers::Contains;

TEST_CASE("a C++ scalar keeps the dtype of the tensor", "[conformance]") {
  const Tensor f16 = ops::ones({2}, "float16"), i8 = Tensor::of({1, 2}).astype("int8");
  CHECK((f16 * 2.0).dtype() == DType::float16);
  CHECK((2 - f16).dtype() == DType::float16);
  CHECK((i8 + 1).dtype() == DType::int8);
  CHECK((i8 * 0.5).dtype() == floatx());
  CHECK((i8 / 2).dtype() == floatx());
  CHECK((i8 < 2).dtype() == DType::boolean);
  CHECK(ops::where(i8 < 2, f16, 0).dtype() == DType::float16);
  CHECK(ops::exp(i8).dtype() == floatx());
  CHECK(ops::relu(i8).dtype() == DType::int8);
}

TEST_CASE("tensors of two dtypes meet in their common type", "[conformance]") {
  const Tensor i32 = Tensor::of({1, 2}), f32 = Tensor::of({0.5f, 1.5f});
  CHECK((i32 + f32).dtype() == DType::float32);
  CHECK((i32 + f32).to_vector<float>() == std::vector<float>{1.5f, 3.5f});
  CHECK((i32.astype("uint8") + i32.astype("int8")).dtype() == DType::int16);
  CHECK((f32.astype("float16") * f32.astype("bfloat16")).dtype() == DType::float32);
  CHECK((i32 < f32).to_vector<bool>() == std::vector<bool>{false, false});
}

TEST_CASE("the operators are the ops of that name", "[conformance]") {
  const Tensor a = Tensor::of({6.0f, -3.0f}), b = Tensor::of({2.0f, 4.0f});
  CHECK((a + b).to_vector<float>() == std::vector<float>{8, 1});
  CHECK((a - b).to_vector<float>() == std::vector<float>{4, -7});
  CHECK((-a).to_vector<float>() == std::vector<float>{-6, 3});
  CHECK((a * b).to_vector<float>() == std::vector<float>{12, -12});
  CHECK((a / b).to_vector<float>() == std::vector<float>{3, -0.75f});
  CHECK((a < b).to_vector<bool>() == std::vector<bool>{false, true});
  CHECK((a >= 6).to_vector<bool>() == std::vector<bool>{true, false});
  CHECK((Tensor::of({7, 8}) / Tensor::of({2, 2})).to_vector<float>() ==
        std::vector<float>{3.5f, 4.0f});
  CHECK(ops::logical_and(a, Tensor::of({0.0f, 1.0f})).to_vector<bool>() ==
        std::vector<bool>{false, true});
  CHECK(ops::abs(a).to_vector<float>() == std::vector<float>{6, 3});
}

TEST_CASE("NaN goes through maximum, minimum, relu and clip", "[conformance]") {
  const Tensor x = Tensor::of({NAN, 1.0f}), one = Tensor::of({1.0f, NAN});
  for (const Tensor& t : {ops::maximum(x, one), ops::minimum(x, one)}) {
    CHECK(ops::isnan(t).to_vector<bool>() == std::vector<bool>{true, true});
  }
  for (const Tensor& t : {ops::relu(x), ops::relu6(x), ops::clip(x, -1, 1), ops::sign(x),
                          ops::soft_shrink(x), ops::hard_shrink(x)}) {
    CHECK(ops::isnan(t).to_vector<bool>() == std::vector<bool>{true, false});
  }
}

TEST_CASE("known values of the activations", "[conformance]") {
  const auto at = [](const Tensor& t) { return t.item<double>(); };
  const Tensor one = ops::ones({1}, "float64");
  CHECK(at(ops::gelu(one, false)) == Approx(0.8413447461).epsilon(1e-9));  // keras-contract.md
  CHECK(at(ops::gelu(one)) == Approx(0.8411919906).epsilon(1e-9));
  CHECK(at(ops::leaky_relu(-one)) == Approx(-0.2));
  CHECK(at(ops::hard_sigmoid(one * 0)) == Approx(0.5));
  CHECK(at(ops::selu(-one)) == Approx(-1.11133074));
  CHECK(at(ops::squareplus(one)) == Approx(1.61803399));
}

TEST_CASE("gradients are finite at the poles of their formulas", "[conformance]") {
  const Tensor a = Tensor::of({0.0, 2.0, -1.0}), b = Tensor::of({0.0, 0.0, 2.0});
  GradientTape tape;
  tape.watch(a);
  tape.watch(b);
  const std::vector<Tensor> by = {a, b};
  const std::vector<Tensor> g = tape.gradient(ops::power(a, b), by);
  CHECK(g[0].to_vector<double>() == std::vector<double>{0, 0, -2});
  CHECK(g[1].to_vector<double>() == std::vector<double>{0, std::log(2.0), 0});
}

TEST_CASE("the gradient of a broadcast operand has its shape", "[conformance]") {
  const Tensor x = ops::ones({4, 3}), row = ops::ones({3}), column = ops::ones({4, 1}),
               one = ops::ones({});
  GradientTape tape;
  const std::vector<Tensor> by = {x, row, column, one};
  for (const Tensor& t : by) tape.watch(t);
  const std::vector<Tensor> g = tape.gradient(x * row * column * one, by);
  for (std::size_t i = 0; i < by.size(); ++i) {
    CHECK(g[i].shape() == by[i].shape());
    CHECK(g[i].to_vector<float>() == std::vector<float>(g[i].size(), float(12 / g[i].size())));
  }
}

TEST_CASE("shapes that do not broadcast are refused by name", "[errors]") {
  const Tensor a = ops::ones({2, 3}), b = ops::ones({4});
  CHECK_THROWS_AS(a + b, ShapeError);
  CHECK_THROWS_WITH(a + b, Contains("add") && Contains("(2, 3)") && Contains("(4,)"));
  CHECK_THROWS_WITH(ops::where(ops::ones({5}), a, 0), Contains("where") && Contains("(5,)"));
}

TEST_CASE("arithmetic on bools and unknown attributes are refused", "[errors]") {
  const Tensor yes = ops::ones({2}, "bool");
  CHECK_THROWS_AS(yes - yes, DtypeError);
  CHECK_THROWS_WITH(-yes, Contains("negative") && Contains("Expected") && Contains("logical_not") &&
                              Contains("bool"));
  CHECK_THROWS_WITH(apply_one("add", {yes}),
                    Contains("add") && Contains("Expected: 2") && Contains("Received: 1"));
  CHECK_THROWS_AS(apply_one("logical_and", {ops::ones({1}), ops::ones({1})}), DtypeError);
}

}  // namespace weft::testing
