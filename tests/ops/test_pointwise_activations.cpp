#include <cmath>

#include "tests/harness/catch.h"
#include "tests/ops/pointwise_cases.h"

namespace weft::testing {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return std::log(1 + std::exp(x)); }
double relu6(double x) { return std::fmin(std::fmax(x, 0), 6); }
double gelu_exact(double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); }
double gelu_tanh(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}
double elu(double x) { return x > 0 ? x : std::exp(x) - 1; }

OpCase with_attrs(OpCase c, const Config& attrs) {
  c.attrs = attrs;
  return c;
}

// Where each is not smooth: differences keep away from there.
const CaseInput kink{{3, 5}, DType::float32, -3, 3, {0}};
const CaseInput wide{{3, 5}, DType::float32, -9, 9, {-3, 0, 3, 6}};
const CaseInput unit{{3, 5}, DType::float32, -3, 3, {-1, 1, -0.5, 0.5, 0.3, -0.3}};

std::vector<OpCase> rectifiers() {
  return {
      unary_case(
          "relu", [](double x) { return std::fmax(x, 0); }, kink),
      unary_case("relu6", relu6, wide),
      unary_case(
          "leaky_relu", [](double x) { return x > 0 ? x : 0.2 * x; }, kink),
      with_attrs(unary_case(
                     "leaky_relu", [](double x) { return x > 0 ? x : 0.3 * x; }, kink),
                 {{"negative_slope", 0.3}}),
      unary_case("elu", elu, kink),
      with_attrs(unary_case(
                     "elu", [](double x) { return x > 0 ? x : 0.5 * (std::exp(x) - 1); }, kink),
                 {{"alpha", 0.5}}),
      with_attrs(unary_case(
                     "elu", [](double x) { return x > 0 ? x : -0.5 * (std::exp(x) - 1); }, kink),
                 {{"alpha", -0.5}}),
      unary_case(
          "selu",
          [](double x) {
            return 1.05070098735548 * (x > 0 ? x : 1.67326324235437 * (std::exp(x) - 1));
          },
          kink),
      unary_case("celu", elu, kink),
      with_attrs(
          unary_case(
              "celu",
              [](double x) { return std::fmax(x, 0) + std::fmin(0, 2 * (std::exp(x / 2) - 1)); },
              kink),
          {{"alpha", 2}}),
  };
}

std::vector<OpCase> sigmoids() {
  return {
      unary_case("sigmoid", sigmoid),
      unary_case("log_sigmoid", [](double x) { return std::log(sigmoid(x)); }),
      unary_case("tanh", [](double x) { return std::tanh(x); }),
      unary_case("softplus", softplus),
      unary_case(
          "softsign", [](double x) { return x / (1 + std::abs(x)); }, kink),
      unary_case("silu", [](double x) { return x * sigmoid(x); }),
      unary_case("gelu", gelu_tanh),
      with_attrs(unary_case("gelu", gelu_exact), {{"approximate", false}}),
      unary_case(
          "hard_sigmoid", [](double x) { return relu6(x + 3) / 6; }, wide),
      unary_case(
          "hard_silu", [](double x) { return x * relu6(x + 3) / 6; }, wide),
      unary_case(
          "hard_tanh", [](double x) { return std::fmin(std::fmax(x, -1), 1); }, unit),
      unary_case("mish", [](double x) { return x * std::tanh(softplus(x)); }),
      unary_case("squareplus", [](double x) { return (x + std::sqrt(x * x + 4)) / 2; }),
      with_attrs(unary_case("squareplus", [](double x) { return (x + std::sqrt(x * x + 1)) / 2; }),
                 {{"b", 1}}),
  };
}

std::vector<OpCase> shrinks() {
  return {
      unary_case("tanh_shrink", [](double x) { return x - std::tanh(x); }),
      with_attrs(unary_case(
                     "threshold", [](double x) { return x > 0.3 ? x : -7; }, unit),
                 {{"threshold_value", 0.3}, {"value", -7.0}}),
      unary_case(
          "soft_shrink", [](double x) { return x > 0.5    ? x - 0.5
                                               : x < -0.5 ? x + 0.5
                                                          : 0; }, unit),
      with_attrs(
          unary_case(
              "soft_shrink", [](double x) { return x > 1    ? x - 1
                                                   : x < -1 ? x + 1
                                                            : 0; }, unit),
          {{"threshold", 1.0}}),
      unary_case(
          "hard_shrink", [](double x) { return std::abs(x) > 0.5 ? x : 0; }, unit),
      with_attrs(unary_case(
                     "hard_shrink", [](double x) { return std::abs(x) > 1 ? x : 0; }, unit),
                 {{"threshold", 1.0}}),
  };
}

}  // namespace

std::vector<OpCase> activation_cases() {
  std::vector<OpCase> all = rectifiers();
  for (const auto& more : {sigmoids(), shrinks()}) all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST_CASE("activations agree with formulas, differences and plans", "[conformance]") {
  for (const OpCase& c : activation_cases()) run_case(c);
}

}  // namespace weft::testing
