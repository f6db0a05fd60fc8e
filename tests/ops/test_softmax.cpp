#include <weft/core/ops/log_softmax.h>
#include <weft/core/ops/softmax.h>

#include <limits>

#include "tests/ops/indexing.h"

namespace weft::testing {
namespace {

Array normalized(const Array& x, int axis, bool logarithm) {
  const auto a = static_cast<std::size_t>(axis < 0 ? axis + x.shape.rank() : axis);
  return build(x.shape, [&](const Place& p) {
    double sum = 0;
    Place q = p;
    for (q[a] = 0; q[a] < x.shape[static_cast<int>(a)]; ++q[a]) sum += std::exp(at(x, q));
    return logarithm ? at(x, p) - std::log(sum) : std::exp(at(x, p)) / sum;
  });
}

}  // namespace

TEST_CASE("softmax and log_softmax", "[conformance]") {
  for (const int axis : {0, 1, -1}) {
    for (const bool logarithm : {false, true}) {
      run_case({.op = logarithm ? "log_softmax" : "softmax",
                .inputs = {{{2, 5, 3}}},
                .attrs = {{"axis", axis}},
                .formula =
                    [=](const std::vector<Array>& in) {
                      return std::vector<Array>{normalized(in[0], axis, logarithm)};
                    },
                .more_dtypes = {DType::float64, DType::float16, DType::bfloat16},
                .more_shapes = {{{1, 1, 1}}, {{3, 17, 2}}, {{2, 0, 3}}, {{0, 4, 2}}}});
    }
  }
}

TEST_CASE("softmax does not overflow, and its second derivative is refused", "[conformance]") {
  const float inf = std::numeric_limits<float>::infinity();
  CHECK(ops::softmax(Tensor::of({1000.f, 1000.f})).to_vector<float>() ==
        std::vector<float>{0.5f, 0.5f});
  CHECK(ops::softmax(Tensor::of({0.f, -inf})).to_vector<float>() == std::vector<float>{1, 0});
  CHECK(ops::log_softmax(Tensor::of({1000.f, 0.f})).to_vector<float>() ==
        std::vector<float>{0, -1000});
  const Tensor x = make_input({{3}});
  GradientTape outer;
  outer.watch(x);
  GradientTape inner;
  inner.watch(x);
  const Tensor dx = inner.gradient(ops::sum(ops::softmax(x) * x), std::vector<Tensor>{x})[0];
  CHECK_THROWS_WITH(outer.gradient(ops::sum(dx), std::vector<Tensor>{x}),
                    Catch::Matchers::Contains("softmax: its gradient has no gradient"));
}

TEST_CASE("softmax of integers is floatx; an axis out of range is refused", "[errors]") {
  CHECK(ops::softmax(Tensor::of({1, 2})).dtype() == DType::float32);
  CHECK(test::error_of<ShapeError>([] {
          ops::softmax(make_input({{2, 3}}), 2);
        }) == "softmax: axis is out of range. Expected: -2 <= axis < 2. Received: axis=2");
}

}  // namespace weft::testing
