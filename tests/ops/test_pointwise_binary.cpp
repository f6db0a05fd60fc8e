#include <cmath>
#include <cstdint>
#include <limits>

#include "tests/harness/catch.h"
#include "tests/ops/pointwise_cases.h"

namespace weft::testing {

std::vector<OpCase> binary_cases() {
  const CaseInput any{{3, 4}};
  const CaseInput away{{3, 4}, DType::float32, -3, 3, {0}};  // of a pole at 0
  const CaseInput positive{{3, 4}, DType::float32, 0.3, 2.5};
  std::vector<OpCase> cases = {
      binary_case("add", [](double a, double b) { return a + b; }),
      binary_case("subtract", [](double a, double b) { return a - b; }),
      binary_case("multiply", [](double a, double b) { return a * b; }),
      binary_case(
          "divide", [](double a, double b) { return a / b; }, any, away),
      binary_case(
          "true_divide", [](double a, double b) { return a / b; }, any, away),
      binary_case(
          "power", [](double a, double b) { return std::pow(a, b); }, positive, any),
      binary_case("maximum", [](double a, double b) { return a > b ? a : b; }),
      binary_case("minimum", [](double a, double b) { return a < b ? a : b; }),
      binary_case(
          "relu_grad", [](double dy, double y) { return y > 0 ? dy : 0; }, any, away),
      binary_case("sigmoid_grad", [](double dy, double y) { return dy * y * (1 - y); }),
      binary_case("tanh_grad", [](double dy, double y) { return dy * (1 - y * y); }),
  };
  const auto no_nan = [](double a, double b) { return b == 0 ? 0 : a / b; };
  cases.push_back(binary_case("divide_no_nan", no_nan, any, away));
  for (OpCase& c : cases) c.second_order = c.op != "sigmoid_grad" && c.op != "tanh_grad";
  // Not in half precision: a quotient next to an integer falls on its other side.
  OpCase quotient = binary_case(
      "floor_divide", [](double a, double b) { return std::floor(a / b); }, any, away);
  OpCase rest = binary_case(
      "mod", [](double a, double b) { return a - b * std::floor(a / b); }, any, away);
  for (OpCase* c : {&quotient, &rest}) c->more_dtypes = {DType::float64};
  quotient.gradient = false;
  const CaseInput zeros{{3, 4}, DType::float32, 0, 0, {}, false, {0, 2, -1, 0, 4}};
  cases.push_back(binary_case("divide_no_nan", no_nan, any, zeros));
  cases.push_back(quotient);
  cases.push_back(rest);
  return cases;
}

namespace {

double wrapped(double exact, DType dtype) {
  const auto bits = static_cast<std::int64_t>(exact);
  switch (dtype.code()) {
    case DType::int8:
      return static_cast<std::int8_t>(bits);
    case DType::uint8:
      return static_cast<std::uint8_t>(bits);
    case DType::int16:
      return static_cast<std::int16_t>(bits);
    case DType::uint16:
      return static_cast<std::uint16_t>(bits);
    case DType::int32:
      return static_cast<std::int32_t>(bits);
    case DType::uint32:
      return static_cast<std::uint32_t>(bits);
    default:
      return static_cast<double>(bits);
  }
}

OpCase integer_case(const char* op, DType dtype, double (*formula)(double, double), CaseInput a,
                    CaseInput b) {
  a.dtype = b.dtype = dtype;
  OpCase c = binary_case(op, formula, a, b);
  c.formula = [formula, dtype](const std::vector<Array>& in) {
    const auto rounded = [formula, dtype](double x, double y) {
      return wrapped(formula(x, y), dtype);
    };
    return std::vector<Array>{map(in[0], in[1], rounded)};
  };
  c.more_dtypes = {};
  c.gradient = false;
  return c;
}

}  // namespace

std::vector<OpCase> integer_cases() {
  std::vector<OpCase> cases;
  for (const DType dtype : {DType::int32, DType::int64, DType::uint8, DType::int8, DType::int16,
                            DType::uint16, DType::uint32, DType::uint64}) {
    const bool is_signed = dtype.name()[0] == 'i';
    const CaseInput wide{{3, 4}, dtype, is_signed ? -90.0 : 0.0, 120};
    const CaseInput small{{3, 4}, dtype, is_signed ? -5.0 : 0.0, 6};
    const CaseInput exponent{{3, 4}, dtype, 0, 4};
    const bool big_unsigned = dtype == DType::uint64;  // a difference below 0 is no double
    cases.push_back(integer_case(
        "add", dtype, [](double a, double b) { return a + b; }, wide, wide));
    if (!big_unsigned)
      cases.push_back(integer_case(
          "subtract", dtype, [](double a, double b) { return a - b; }, wide, wide));
    cases.push_back(integer_case(
        "multiply", dtype, [](double a, double b) { return a * b; }, wide, wide));
    cases.push_back(integer_case(
        "maximum", dtype, [](double a, double b) { return std::fmax(a, b); }, wide, wide));
    cases.push_back(integer_case(
        "minimum", dtype, [](double a, double b) { return std::fmin(a, b); }, wide, wide));
    cases.push_back(integer_case(
        "power", dtype, [](double a, double b) { return std::pow(a, b); }, small, exponent));
    cases.push_back(integer_case(
        "floor_divide", dtype, [](double a, double b) { return b == 0 ? 0 : std::floor(a / b); },
        wide, small));
    cases.push_back(integer_case(
        "mod", dtype, [](double a, double b) { return b == 0 ? 0 : a - b * std::floor(a / b); },
        wide, small));
  }
  return cases;
}

std::vector<OpCase> comparison_cases() {
  const CaseInput few{{3, 4}, DType::float32, 0, 0, {}, false, {1, 2, 3, 2, 1, -1, 0}};
  const CaseInput others{{3, 4}, DType::float32, 0, 0, {}, false, {2, 2, 1, 0, -1}};
  std::vector<OpCase> cases = {
      binary_case(
          "equal", [](double a, double b) { return double(a == b); }, few, others),
      binary_case(
          "not_equal", [](double a, double b) { return double(a != b); }, few, others),
      binary_case(
          "less", [](double a, double b) { return double(a < b); }, few, others),
      binary_case(
          "less_equal", [](double a, double b) { return double(a <= b); }, few, others),
      binary_case(
          "greater", [](double a, double b) { return double(a > b); }, few, others),
      binary_case(
          "greater_equal", [](double a, double b) { return double(a >= b); }, few, others),
  };
  const std::size_t count = cases.size();
  for (std::size_t i = 0; i < count; ++i) {
    cases[i].output_dtypes = {DType::boolean};
    for (const DType dtype : {DType::int32, DType::int64, DType::int8}) {
      OpCase c = cases[i];
      c.inputs[0].dtype = c.inputs[1].dtype = dtype;
      c.more_dtypes = {};
      cases.push_back(c);
    }
  }
  const CaseInput truth{{3, 4}, DType::boolean};
  OpCase both = binary_case(
      "logical_and", [](double a, double b) { return double(a != 0 && b != 0); }, truth, truth);
  OpCase either = binary_case(
      "logical_or", [](double a, double b) { return double(a != 0 || b != 0); }, truth, truth);
  OpCase opposite = unary_case(
      "logical_not", [](double x) { return double(x == 0); }, truth);
  for (OpCase c : {both, either, opposite}) {
    c.more_dtypes = {};
    cases.push_back(c);
  }
  return cases;
}

std::vector<OpCase> where_cases() {
  OpCase c;
  c.op = "where";
  c.inputs = {{{3, 4}, DType::boolean}, {{3, 4}}, {{3, 4}}};
  c.formula = [](const std::vector<Array>& in) {
    return std::vector<Array>{
        map(in[0], in[1], in[2], [](double x, double a, double b) { return x != 0 ? a : b; })};
  };
  c.output_dtypes = {DType::float32};
  c.second_order = true;
  c.more_dtypes = {DType::float64, DType::float16, DType::bfloat16};
  c.more_shapes = {{{4, 1}, {3}, {4, 3}},
                   {{3}, {4, 3}, {}},
                   {{}, {3}, {3}},
                   {{2, 1, 3}, {2, 1}, {2, 2, 1}},
                   {{0}, {1}, {}}};
  std::vector<OpCase> cases = {c};
  for (const DType dtype :
       {DType::int32, DType::int64, DType::uint8, DType::int16, DType::boolean}) {
    c.inputs[1].dtype = c.inputs[2].dtype = dtype;
    c.output_dtypes = {dtype};
    c.more_dtypes = {};
    c.gradient = false;
    cases.push_back(c);
  }
  return cases;
}

TEST_CASE("arithmetic of two tensors agrees with formulas, differences and plans",
          "[conformance]") {
  for (const OpCase& c : binary_cases()) run_case(c);
}

TEST_CASE("arithmetic of integers wraps around and rounds as NumPy's", "[conformance]") {
  for (const OpCase& c : integer_cases()) run_case(c);
}

TEST_CASE("comparisons and logic give bool", "[conformance]") {
  for (const OpCase& c : comparison_cases()) run_case(c);
}

TEST_CASE("where chooses, in every dtype and broadcast", "[conformance]") {
  for (const OpCase& c : where_cases()) run_case(c);
}

}  // namespace weft::testing
