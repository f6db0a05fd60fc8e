#include <cmath>

#include "tests/harness/catch.h"
#include "tests/ops/pointwise_cases.h"

namespace weft::testing {
namespace {

OpCase without_gradient(OpCase c) {
  c.gradient = c.second_order = false;
  return c;
}

OpCase with_attrs(OpCase c, const Config& attrs) {
  c.attrs = attrs;
  return c;
}

OpCase boolean(OpCase c) {
  c.output_dtypes = {DType::boolean};
  return without_gradient(c);
}

std::vector<OpCase> steps() {
  const CaseInput halves{{3, 5},
                         DType::float32,
                         0,
                         0,
                         {},
                         false,
                         {-2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5, 2.25, -7.75, 3}};
  OpCase decimals =
      with_attrs(unary_case("round", [](double x) { return std::nearbyint(x * 100) / 100; }),
                 {{"decimals", 2}});
  OpCase tens = with_attrs(unary_case("round", [](double x) { return std::nearbyint(x / 10) * 10; },
                                      {{3, 5}, DType::float32, -99, 99}),
                           {{"decimals", -1}});
  decimals.more_dtypes = tens.more_dtypes = {DType::float64};
  return {unary_case(
              "floor", [](double x) { return std::floor(x); }, halves),
          unary_case(
              "ceil", [](double x) { return std::ceil(x); }, halves),
          unary_case(
              "round", [](double x) { return std::nearbyint(x); }, halves),
          unary_case(
              "sign", [](double x) { return x > 0   ? 1.0
                                            : x < 0 ? -1.0
                                                    : 0.0; }, halves),
          decimals,
          tens};
}

}  // namespace

std::vector<OpCase> unary_cases() {
  const CaseInput positive{{3, 5}, DType::float32, 0.3, 4};
  const CaseInput above_minus_one{{3, 5}, DType::float32, -0.6, 3};
  const CaseInput away{{3, 5}, DType::float32, -2, 2, {0}};
  const CaseInput strange{
      {3, 5}, DType::float32, 0, 0, {}, false, {NAN, 1, INFINITY, -INFINITY, 0}};
  std::vector<OpCase> cases = {
      unary_case("negative", [](double x) { return -x; }),
      unary_case(
          "absolute", [](double x) { return std::abs(x); }, away),
      unary_case("square", [](double x) { return x * x; }),
      unary_case("exp", [](double x) { return std::exp(x); }),
      unary_case("expm1", [](double x) { return std::expm1(x); }),
      unary_case(
          "log", [](double x) { return std::log(x); }, positive),
      unary_case(
          "log1p", [](double x) { return std::log1p(x); }, above_minus_one),
      unary_case(
          "sqrt", [](double x) { return std::sqrt(x); }, positive),
      unary_case(
          "rsqrt", [](double x) { return 1 / std::sqrt(x); }, positive),
      unary_case(
          "reciprocal", [](double x) { return 1 / x; }, away),
      unary_case("sin", [](double x) { return std::sin(x); }),
      unary_case("cos", [](double x) { return std::cos(x); }),
      unary_case("erf", [](double x) { return std::erf(x); }),
      boolean(unary_case(
          "isnan", [](double x) { return double(std::isnan(x)); }, strange)),
      boolean(unary_case(
          "isinf", [](double x) { return double(std::isinf(x)); }, strange)),
      boolean(unary_case(
          "isfinite", [](double x) { return double(std::isfinite(x)); }, strange)),
      with_attrs(unary_case("clip", [](double x) { return std::fmin(std::fmax(x, -0.5), 1); },
                            {{3, 5}, DType::float32, -2, 2, {-0.5, 1}}),
                 {{"x_min", -0.5}, {"x_max", 1.0}}),
  };
  for (const OpCase& c : steps()) cases.push_back(without_gradient(c));
  for (const DType dtype : {DType::int32, DType::int64, DType::int8}) {
    for (OpCase c :
         {unary_case("negative", [](double x) { return -x; }),
          unary_case("absolute", [](double x) { return std::abs(x); }),
          unary_case("square", [](double x) { return x * x; }),
          unary_case("sign", [](double x) { return double((x > 0) - (x < 0)); }),
          unary_case("round", [](double x) { return x; }),
          unary_case("relu", [](double x) { return x > 0 ? x : 0; }),
          with_attrs(unary_case("clip", [](double x) { return std::fmin(std::fmax(x, -1), 200); }),
                     {{"x_min", -1}, {"x_max", 200}})}) {
      c.inputs[0] = {{3, 5}, dtype, -9, 10};
      c.more_dtypes = {};
      cases.push_back(without_gradient(c));
    }
  }
  return cases;
}

TEST_CASE("functions of one tensor agree with formulas, differences and plans", "[conformance]") {
  for (const OpCase& c : unary_cases()) run_case(c);
}

}  // namespace weft::testing
