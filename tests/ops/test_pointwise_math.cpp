// The scalar functions of core/functors: accuracy over their whole range, special values, half
// precision.
#include <weft/core/functors/activations.h>
#include <weft/core/functors/division.h>
#include <weft/core/functors/half.h>

#include <cmath>
#include <cstdint>
#include <random>

#include "tests/harness/catch.h"

namespace weft::testing {
namespace {

/// The largest relative error of f on [low, high), where the exact value is a normal float.
double worst_error(float (*f)(float), double (*exact)(double), double low, double high) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> uniform(low, high);
  double worst = 0;
  for (int i = 0; i < 200000; ++i) {
    const auto x = static_cast<float>(uniform(random));
    const double e = exact(x);
    if (std::abs(e) < 1.2e-38 || std::abs(e) > 3.4e38) continue;
    worst = std::max(worst, std::abs(f(x) - e) / std::abs(e));
  }
  return worst;
}

/// The value of a binary format with `fraction` bits, by its definition.
double value_of(unsigned bits, int exponent_bits, int fraction_bits) {
  const int exponent = static_cast<int>(bits >> fraction_bits) & ((1 << exponent_bits) - 1);
  const unsigned fraction = bits & ((1u << fraction_bits) - 1);
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const double sign = bits >> (exponent_bits + fraction_bits) != 0 ? -1 : 1;
  if (exponent == (1 << exponent_bits) - 1) return fraction != 0 ? NAN : sign * INFINITY;
  if (exponent == 0) return sign * std::ldexp(fraction, 1 - bias - fraction_bits);
  return sign * std::ldexp(fraction + (1u << fraction_bits), exponent - bias - fraction_bits);
}

}  // namespace

TEST_CASE("float32 functions are exact to 3e-7 over their range", "[conformance]") {
  const auto exp = [](float x) { return math::exp(x); };
  const auto log = [](float x) { return math::log(x); };
  CHECK(worst_error(
            exp, [](double x) { return std::exp(x); }, -87, 88.7) < 1e-7);
  CHECK(worst_error([](float x) { return math::expm1(x); }, [](double x) { return std::expm1(x); },
                    -1, 1) < 2e-7);
  CHECK(worst_error([](float x) { return math::expm1(x); }, [](double x) { return std::expm1(x); },
                    -80, 88.7) < 2e-7);
  CHECK(worst_error(
            log, [](double x) { return std::log(x); }, 0.5, 2) < 1e-7);
  CHECK(worst_error(
            log, [](double x) { return std::log(x); }, 1e-30, 1e30) < 1e-7);
  CHECK(worst_error(
            log, [](double x) { return std::log(x); }, 1e-42, 1e-37) < 1e-7);
  const auto log1p = [](float x) { return math::log1p(x); };
  CHECK(worst_error(
            log1p, [](double x) { return std::log1p(x); }, -0.9, 1) < 3e-7);
  CHECK(worst_error(
            log1p, [](double x) { return std::log1p(x); }, -1e-3, 1e-3) < 3e-7);
  CHECK(worst_error(
            log1p, [](double x) { return std::log1p(x); }, 1, 1e12) < 3e-7);
  CHECK(worst_error([](float x) { return math::tanh(x); }, [](double x) { return std::tanh(x); },
                    -10, 10) < 3e-7);
  CHECK(worst_error([](float x) { return math::sigmoid(x); },
                    [](double x) { return 1 / (1 + std::exp(-x)); }, -87, 87) < 3e-7);
  CHECK(worst_error([](float x) { return math::softplus(x); },
                    [](double x) { return std::log1p(std::exp(x)); }, -80, 80) < 3e-7);
}

TEST_CASE("float32 functions keep NaN and infinities and underflow gradually", "[conformance]") {
  const float inf = INFINITY;
  CHECK(math::exp(inf) == inf);
  CHECK(math::exp(-inf) == 0);
  CHECK(math::exp(88.8f) == inf);
  CHECK(math::exp(0.0f) == 1);
  CHECK(math::exp(-103.5f) == 1.40129846e-45f);
  CHECK(std::isnan(math::exp(NAN)));
  CHECK(math::expm1(inf) == inf);
  CHECK(math::expm1(-inf) == -1);
  CHECK(std::isnan(math::expm1(NAN)));
  CHECK(math::log(0.0f) == -inf);
  CHECK(math::log(inf) == inf);
  CHECK(math::log(1.0f) == 0);
  CHECK(std::isnan(math::log(-1.0f)));
  CHECK(std::isnan(math::log(NAN)));
  CHECK(math::tanh(inf) == 1);
  CHECK(math::tanh(-100.0f) == -1);
  CHECK(std::isnan(math::tanh(NAN)));
  CHECK(math::sigmoid(-inf) == 0);
  CHECK(math::sigmoid(inf) == 1);
  CHECK(math::softplus(inf) == inf);
  CHECK(math::softplus(-inf) == 0);
  CHECK(math::log1p(inf) == inf);
  CHECK(math::log1p(-1.0f) == -inf);
  CHECK(math::log1p(1e-30f) == 1e-30f);
  CHECK(std::isnan(math::log1p(-2.0f)));
  CHECK(std::isnan(math::log1p(NAN)));
}

TEST_CASE("rounding agrees with libm, halves and signs of zero included", "[conformance]") {
  for (const float x : {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 0.49999997f, 8388609.0f, -8388607.5f,
                        3.4e38f, 1e-40f, -1e-40f, 0.0f, -0.0f, 7.25f}) {
    INFO(x);
    CHECK(math::round(x) == std::nearbyint(x));
    CHECK(std::signbit(math::round(x)) == std::signbit(std::nearbyint(x)));
    CHECK(math::floor(x) == std::floor(x));
    CHECK(math::ceil(x) == std::ceil(x));
    CHECK(math::round(double{x}) == std::nearbyint(double{x}));
    CHECK(math::floor(double{x}) == std::floor(double{x}));
    CHECK(math::ceil(double{x}) == std::ceil(double{x}));
  }
}

TEST_CASE("integer arithmetic neither traps nor is undefined at its limits", "[conformance]") {
  CHECK(math::floor_divide(INT32_MIN, -1) == INT32_MIN);
  CHECK(math::mod(INT32_MIN, -1) == 0);
  CHECK(math::floor_divide(INT64_MIN, std::int64_t{-1}) == INT64_MIN);
  CHECK(math::floor_divide(7, 0) == 0);
  CHECK(math::mod(7, 0) == 0);
  CHECK(math::add(INT32_MAX, 1) == INT32_MIN);
  CHECK(math::multiply(INT64_MAX, std::int64_t{2}) == -2);
  CHECK(math::abs(INT32_MIN) == INT32_MIN);
  CHECK(math::power(-1, -3) == -1);
  CHECK(math::power(2, -1) == 0);
  CHECK(math::power(3, 0) == 1);
  CHECK(math::attribute<std::uint8_t>(-3.0) == 0);
  CHECK(math::attribute<std::uint8_t>(300.0) == 255);
  CHECK(math::attribute<std::int32_t>(1e20) == INT32_MAX);
  CHECK(math::attribute<std::int64_t>(-1e20) == INT64_MIN);
  CHECK(math::floor_divide(-7.0f, 2.0f) == -4.0f);
  CHECK(math::mod(-7.0f, 2.0f) == 1.0f);
  CHECK(math::mod(7.0, -2.0) == -1.0);
  CHECK(std::isinf(math::floor_divide(1.0, 0.0)));
}

TEST_CASE("float16 and bfloat16 widen exactly and narrow to the nearest, ties to even",
          "[conformance]") {
  int wrong = 0;
  for (unsigned bits = 0; bits < 65536; ++bits) {
    const auto narrow = static_cast<unsigned short>(bits);
    const double half = value_of(bits, 5, 10), brain = value_of(bits, 8, 7);
    const double half_read = to_float(Float16{narrow}), brain_read = to_float(BFloat16{narrow});
    wrong += !(half_read == half || (std::isnan(half) && std::isnan(half_read)));
    wrong += !(brain_read == brain || (std::isnan(brain) && std::isnan(brain_read)));
    if (!std::isnan(half)) wrong += to_float16(static_cast<float>(half)).bits != narrow;
    if (!std::isnan(brain)) wrong += to_bfloat16(static_cast<float>(brain)).bits != narrow;
    // Between a finite number and the next of the same sign: below, at and above the middle.
    if (bits % 0x8000u >= 0x7bffu) continue;
    const double next = value_of(bits + 1, 5, 10), middle = (half + next) / 2;
    const unsigned even = bits % 2 == 0 ? bits : bits + 1;
    wrong += to_float16(static_cast<float>(middle)).bits != even;
    wrong +=
        to_float16(std::nextafter(static_cast<float>(middle), static_cast<float>(half))).bits !=
        bits;
    wrong +=
        to_float16(std::nextafter(static_cast<float>(middle), static_cast<float>(next))).bits !=
        bits + 1;
  }
  CHECK(wrong == 0);
  CHECK(to_float16(65519.9f).bits == 0x7bff);
  CHECK(to_float16(65520.0f).bits == 0x7c00);
  CHECK(to_float16(-1e30f).bits == 0xfc00);
  CHECK(std::isnan(to_float(to_float16(NAN))));
  CHECK(to_float(to_bfloat16(3.4e38f)) == INFINITY);
  CHECK(std::isnan(to_float(to_bfloat16(std::bit_cast<float>(0x7f800001u)))));
  CHECK(to_bfloat16(1.00390625f).bits == 0x3f80);  // a tie, to the even 1.0
  CHECK(to_bfloat16(1.01171875f).bits == 0x3f82);  // a tie, to the even 1.015625
}

}  // namespace weft::testing
