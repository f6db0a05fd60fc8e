// cast, zeros, ones, full, eye, arange, stop_gradient, isclose, tensordot.
#include <weft/core/ops/arange.h>
#include <weft/core/ops/cast.h>
#include <weft/core/ops/concatenate.h>
#include <weft/core/ops/eye.h>
#include <weft/core/ops/full.h>
#include <weft/core/ops/isclose.h>
#include <weft/core/ops/stop_gradient.h>
#include <weft/core/ops/tensordot.h>

#include <limits>

#include "tests/ops/indexing.h"

namespace weft::testing {

TEST_CASE("cast: every dtype to every other", "[conformance]") {
  const std::vector<DType> all = {DType::boolean, DType::uint8,   DType::int8,     DType::uint16,
                                  DType::int16,   DType::uint32,  DType::int32,    DType::uint64,
                                  DType::int64,   DType::float16, DType::bfloat16, DType::float32,
                                  DType::float64};
  for (const DType from : all) {
    for (const DType to : all) {
      run_case({.op = "cast",
                .inputs = {{{3, 5}, from, 0, 100}},
                .attrs = {{"dtype", to}},
                .formula =
                    [=](const std::vector<Array>& in) {
                      return std::vector<Array>{map(in[0], [=](double x) {
                        return to == DType::boolean ? double(x != 0)
                               : to.is_floating()   ? x
                                                    : std::trunc(x);
                      })};
                    },
                .gradient = from == DType::float64 && to == DType::float64,
                .plan = false,
                .output_dtypes = {to}});
    }
  }
  const float inf = std::numeric_limits<float>::infinity(),
              nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor odd = Tensor::of({inf, -inf, nan, -1.5f, 300.f});
  CHECK(odd.astype("int32").to_vector<int>() == std::vector<int>{INT32_MAX, INT32_MIN, 0, -1, 300});
  const std::vector<int> many =
      ops::concatenate(std::vector<Tensor>(8, odd)).astype("int32").to_vector<int>();
  for (std::size_t i = 0; i < many.size(); ++i)
    CHECK(many[i] == std::vector<int>{INT32_MAX, INT32_MIN, 0, -1, 300}[i % 5]);
  CHECK(odd.astype("uint8").to_vector<int>() == std::vector<int>{255, 0, 0, 0, 255});
  CHECK(Tensor::of({300, -1}).astype("uint8").to_vector<int>() == std::vector<int>{44, 255});
}

TEST_CASE("cast: the gradient is cast back", "[conformance]") {
  const Tensor x = Tensor::of({1.f, 2.f});
  GradientTape tape;
  tape.watch(x);
  const Tensor dx =
      tape.gradient(ops::sum(ops::cast(x, DType::float64) * 3.0), std::vector<Tensor>{x})[0];
  CHECK(dx.dtype() == DType::float32);
  CHECK(dx.to_vector<float>() == std::vector<float>{3, 3});
}

TEST_CASE("zeros, ones, full and their kin", "[conformance]") {
  CHECK(ops::zeros({2, 2}).to_vector<float>() == std::vector<float>(4, 0));
  CHECK(ops::ones({3}, "int32").to_vector<int>() == std::vector<int>(3, 1));
  CHECK(ops::ones({3}, "int32").dtype() == DType::int32);
  CHECK(ops::full({2}, 1.5, "bfloat16").to_vector<float>() == std::vector<float>(2, 1.5f));
  CHECK(ops::full({}, 7).item() == 7);
  CHECK(ops::ones({0, 3}).size() == 0);
  const Tensor x = make_input({{2, 3}, DType::int64});
  CHECK(ops::zeros_like(x).dtype() == DType::int64);
  CHECK(ops::ones_like(x, "bool").to_vector<bool>() == std::vector<bool>(6, true));
  CHECK(ops::full_like(x, 4).shape() == Shape{2, 3});
  CHECK(ops::eye(2, {.M = 3, .k = 1}).to_vector<float>() == std::vector<float>{0, 1, 0, 0, 0, 1});
  CHECK(ops::eye(3, {.M = 2, .k = -1, .dtype = "int32"}).to_vector<int>() ==
        std::vector<int>{0, 0, 1, 0, 0, 1});
}

TEST_CASE("arange", "[conformance]") {
  CHECK(ops::arange(4).to_vector<int>() == std::vector<int>{0, 1, 2, 3});
  CHECK(ops::arange(4).dtype() == DType::int32);
  CHECK(ops::arange(5, 0).size() == 0);
  CHECK(ops::arange(5, 0, -2).to_vector<int>() == std::vector<int>{5, 3, 1});
  const Tensor tenths = ops::arange(0.0, 1.0, 0.1);
  CHECK(tenths.dtype() == DType::float32);
  REQUIRE(tenths.size() == 10);
  CHECK(tenths.to_vector<float>()[7] == 0.7f);
  CHECK(ops::arange(0, 3, 1, "float64").dtype() == DType::float64);
  CHECK(find_op("arange")
            .infer({}, {{"start", 0.0}, {"step", 1.0}, {"size", None}, {"dtype", "int32"}})[0]
            .shape == Shape{None});
  CHECK(test::error_of<Error>([] { ops::arange(0, 3, 0); }) ==
        "arange: step is 0. Expected: a positive or negative step. Received: 0");
}

TEST_CASE("no gradient flows through stop_gradient", "[conformance]") {
  const Tensor x = Tensor::of({2.f, 3.f});
  GradientTape tape;
  tape.watch(x);
  const Tensor dx = tape.gradient(ops::sum(ops::stop_gradient(x) * x), std::vector<Tensor>{x})[0];
  CHECK(dx.to_vector<float>() == std::vector<float>{2, 3});
}

TEST_CASE("isclose and allclose", "[conformance]") {
  const float inf = std::numeric_limits<float>::infinity(),
              nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor a = Tensor::of({1.f, 1.f, inf, nan, inf}),
               b = Tensor::of({1.000001f, 1.1f, inf, nan, 1.f});
  CHECK(ops::isclose(a, b).to_vector<bool>() == std::vector<bool>{true, false, true, false, false});
  CHECK(ops::isclose(a, b, {.equal_nan = true}).to_vector<bool>()[3]);
  CHECK_FALSE(ops::allclose(a, b).item<bool>());
  CHECK(ops::allclose(a[0], b[0]).item<bool>());
}

TEST_CASE("tensordot and dot", "[conformance]") {
  run_function(
      {.name = "tensordot",
       .inputs = {{{2, 3, 4}}, {{4, 3, 5}}},
       .function =
           [](const std::vector<Tensor>& in) {
             return ops::tensordot(in[0], in[1], std::vector<int>{1, 2}, std::vector<int>{1, 0});
           },
       .formula =
           [](const std::vector<Array>& in) {
             return build({2, 5}, [&](const Place& p) {
               double sum = 0;
               each({3, 4}, [&](const Place& k) {
                 sum += at(in[0], {p[0], k[0], k[1]}) * at(in[1], {k[1], k[0], p[1]});
               });
               return sum;
             });
           }});
  CHECK(ops::tensordot(make_input({{2, 3, 4}}), make_input({{3, 4, 5}})).shape() == Shape{2, 5});
  CHECK(ops::dot(make_input({{2, 3}}), make_input({{4, 3, 5}})).shape() == Shape{2, 4, 5});
  CHECK(ops::dot(Tensor::of({1.f, 2.f}), Tensor::of({3.f, 4.f})).item() == 11);
}

}  // namespace weft::testing
