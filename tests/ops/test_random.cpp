#include <weft/core/op.h>
#include <weft/core/random.h>

#include <numeric>

#include "core/functors/philox.h"
#include "tests/ops/indexing.h"

namespace weft::testing {
namespace {

struct Statistics {
  double mean, stddev, smallest, largest;
};

Statistics statistics(const Tensor& t) {
  const auto v = t.to_vector<double>();
  const double n = static_cast<double>(v.size()),
               mean = std::accumulate(v.begin(), v.end(), 0.0) / n;
  double sum = 0;
  for (double x : v) sum += (x - mean) * (x - mean);
  return {mean, std::sqrt(sum / n), *std::min_element(v.begin(), v.end()),
          *std::max_element(v.begin(), v.end())};
}

const std::vector<DType> floats = {DType::float32, DType::float64, DType::float16, DType::bfloat16};

constexpr unsigned seed = 0xdeadbeef, counter = 77;

Tensor state() { return Tensor::from(std::vector<std::uint32_t>{seed, counter}); }

std::vector<double> draws(const char* op, std::int64_t count, DType dtype, Config attrs) {
  attrs.set("shape", Shape{count});
  attrs.set("dtype", dtype);
  return apply_one(op, {state()}, attrs).to_vector<double>();
}

/// Word i of the stream.
unsigned word(std::size_t i) { return philox::block(i / 4, 0, seed, counter).word[i % 4]; }
/// Element i in (0, 1), of float64 or of another dtype.
double open_number(std::size_t i, DType dtype) {
  if (dtype == DType::float64) return philox::uniform(word(2 * i), word(2 * i + 1)) + 0x1p-54;
  return (word(i) + 0.5) * 0x1p-32;
}

}  // namespace

TEST_CASE("every bit of a draw follows from the state, whatever its length", "[conformance]") {
  for (const std::int64_t count : {0, 1, 3, 4, 31, 33, 1023, 1026, 4101}) {
    const auto uniform =
        draws("random_uniform", count, DType::float32, {{"minval", -1.5}, {"maxval", 0.7}});
    const auto wide =
        draws("random_uniform", count, DType::float64, {{"minval", -1.5}, {"maxval", 0.7}});
    const auto numbers =
        draws("random_randint", count, DType::int32, {{"minval", -5}, {"maxval", 1000000}});
    const auto advanced = apply_one("seed_advance", {state()}).to_vector<std::uint32_t>();
    CHECK(advanced == std::vector<std::uint32_t>{seed, counter + 1});
    const Tensor ones = Tensor::from(std::vector<float>(static_cast<std::size_t>(count), 1));
    const auto kept = apply_one("dropout", {ones, state()}, {{"rate", 0.3}}).to_vector<float>();
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const float range = static_cast<float>(0.7 + 1.5);
      const float product = philox::uniform(word(i)) * range;
      wrong += static_cast<float>(uniform[i]) == -1.5f + product ? 0u : 1u;
      const double wide_product = philox::uniform(word(2 * i), word(2 * i + 1)) * (0.7 + 1.5);
      wrong += wide[i] == -1.5 + wide_product ? 0u : 1u;
      const auto drawn = (std::uint64_t{word(2 * i)} * 1000005u +
                          (std::uint64_t{word(2 * i + 1)} * 1000005u >> 32)) >>
                         32;
      wrong += numbers[i] == static_cast<double>(drawn) - 5 ? 0u : 1u;
      const float scale = static_cast<float>(1 / 0.7);
      wrong += kept[i] == (philox::uniform(word(i)) >= 0.3f ? scale : 0.0f) ? 0u : 1u;
    }
    INFO(count << " elements");
    CHECK(wrong == 0);
  }
}

TEST_CASE("normal draws are those of Box and Muller, in every dtype", "[conformance]") {
  for (const DType dtype : floats) {
    const auto normal = draws("random_normal", 1031, dtype, {{"mean", 1.0}, {"stddev", 2.0}}),
               cut =
                   draws("random_truncated_normal", 1031, dtype, {{"mean", 0.0}, {"stddev", 1.0}});
    const double tolerance = dtype == DType::float64 ? 1e-12 : tolerance_for(dtype, 1e-6);
    double worst = 0, worst_cut = 0;
    for (std::size_t i = 0; i < normal.size(); ++i) {
      const std::size_t pair = i / 2 * 2;
      const double radius = std::sqrt(-2 * std::log(open_number(pair, dtype))),
                   angle = 2 * M_PI * open_number(pair + 1, dtype);
      const double z = radius * (i % 2 == 0 ? std::cos(angle) : std::sin(angle));
      worst = std::max(worst, std::abs(normal[i] - (1 + 2 * z)) / 8);
      // The inverse: the distribution function of what was drawn.
      const double below = 0.022750131948179207;
      const double p = (0.5 * std::erfc(-cut[i] / std::sqrt(2.0)) - below) / (1 - 2 * below);
      worst_cut = std::max(worst_cut, std::abs(p - open_number(i, dtype)));
    }
    INFO(dtype.name());
    CHECK(worst <= tolerance);
    CHECK(worst_cut <= tolerance);
  }
}

TEST_CASE("Philox4x32-10 gives the known answers of its authors", "[conformance]") {
  const auto is = [](const philox::Block& b, unsigned w0, unsigned w1, unsigned w2, unsigned w3) {
    return b.word[0] == w0 && b.word[1] == w1 && b.word[2] == w2 && b.word[3] == w3;
  };
  CHECK(is(philox::block(0, 0, 0, 0), 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
  CHECK(is(philox::block(~0ull, ~0ull, ~0u, ~0u), 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd));
  CHECK(is(philox::block(0x85a308d3243f6a88ull, 0x0370734413198a2eull, 0xa4093822, 0x299f31d0),
           0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

TEST_CASE("draws have the moments of their distributions, in every dtype", "[conformance]") {
  const Shape shape{200, 500};
  for (const DType dtype : floats) {
    const Statistics u =
        statistics(random::uniform(shape, {.minval = -1, .maxval = 3, .dtype = dtype, .seed = 1}));
    CHECK(u.mean == Approx(1).margin(0.02));
    CHECK(u.stddev == Approx(4 / std::sqrt(12)).epsilon(0.01));
    CHECK(u.smallest >= -1);
    CHECK((dtype.itemsize() >= 4 ? u.largest < 3 : u.largest <= 3));
    const Statistics n =
        statistics(random::normal(shape, {.mean = 2, .stddev = 0.5, .dtype = dtype, .seed = 2}));
    CHECK(n.mean == Approx(2).margin(0.01));
    CHECK(n.stddev == Approx(0.5).epsilon(0.01));
    const Statistics t = statistics(random::truncated_normal(shape, {.dtype = dtype, .seed = 3}));
    CHECK(t.mean == Approx(0).margin(0.01));
    CHECK(t.stddev ==
          Approx(0.87962566).epsilon(0.01));  // of a normal cut at two standard deviations
    CHECK(t.smallest >= -2);
    CHECK(t.largest <= 2);
  }
}

TEST_CASE("normal draws fit the normal distribution", "[conformance]") {
  auto v = random::normal({20001}, {.dtype = "float64", .seed = 5}).to_vector<double>();
  std::sort(v.begin(), v.end());
  double worst = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    worst = std::max(worst, std::abs(0.5 * std::erfc(-v[i] / std::sqrt(2.0)) -
                                     (static_cast<double>(i) + 0.5) / 20001));
  }
  CHECK(worst < 1.63 / std::sqrt(20001.0));  // Kolmogorov and Smirnov, 1 %
}

TEST_CASE("randint reaches each number of its range and no other", "[conformance]") {
  std::vector<int> count(7, 0);
  for (int x : random::randint({70000}, -3, 4, {.seed = 9}).to_vector<int>())
    ++count.at(static_cast<std::size_t>(x + 3));
  for (int c : count) CHECK(c == Approx(10000).epsilon(0.05));
  const Tensor wide = random::randint({1000}, INT64_MIN, INT64_MAX, {.dtype = "int64", .seed = 1});
  const Statistics s = statistics(wide);
  CHECK(s.smallest < -8e18);
  CHECK(s.largest > 8e18);
  CHECK(random::randint({4}, 0, 10, {.dtype = "uint8"}).dtype() == DType::uint8);
}

TEST_CASE("a seed gives the same draw, a generator another one each time", "[conformance]") {
  CHECK(same_bits(random::uniform({50}, {.seed = 7}), random::uniform({50}, {.seed = 7})));
  CHECK_FALSE(same_bits(random::uniform({50}, {.seed = 7}), random::uniform({50}, {.seed = 8})));
  const SeedGenerator a(7), b(7);
  const Tensor first = random::normal({50}, {.seed = a});
  CHECK(same_bits(first, random::normal({50}, {.seed = b})));
  CHECK_FALSE(same_bits(first, random::normal({50}, {.seed = a})));
  CHECK(a.state().value().to_vector<std::uint32_t>() == std::vector<std::uint32_t>{7, 2});
  CHECK(a.state().name() == "seed_generator_state");
  CHECK_FALSE(a.state().trainable());
}

TEST_CASE("a longer draw begins with the shorter one", "[conformance]") {
  const auto five = random::uniform({5}, {.seed = 3}).to_vector<float>(),
             nine = random::uniform({9}, {.seed = 3}).to_vector<float>();
  CHECK(std::equal(five.begin(), five.end(), nine.begin()));
}

TEST_CASE("set_random_seed starts all over", "[conformance]") {
  set_random_seed(42);
  const Tensor a = random::uniform({10});
  const std::int64_t seed = SeedGenerator().initial_seed();
  const Tensor b = random::uniform({10});
  set_random_seed(42);
  CHECK(same_bits(random::uniform({10}), a));
  CHECK(SeedGenerator().initial_seed() == seed);
  CHECK(same_bits(random::uniform({10}), b));
  CHECK_FALSE(same_bits(a, b));
}

TEST_CASE("a plan draws what eager calls draw, and goes on", "[conformance]") {
  const SeedGenerator planned(11), eager(11);
  auto step = traced([&](const Tensor& x) { return x + random::uniform({8}, {.seed = planned}); });
  const Tensor zero = Tensor::from(std::vector<float>(8, 0));
  for (int i = 0; i < 3; ++i)
    CHECK(same_bits(step(zero), zero + random::uniform({8}, {.seed = eager})));
  CHECK(same_bits(planned.state().value(), eager.state().value()));
}

TEST_CASE("dropout: the rate, the scale, and a gradient of the same pattern", "[conformance]") {
  for (const DType dtype : floats) {
    const Tensor ones = Tensor::from(std::vector<float>(40000, 1)).astype(dtype);
    const Tensor y = random::dropout(ones, 0.2, {.seed = 4});
    int dropped = 0;
    for (float x : y.to_vector<float>()) {
      CHECK((x == 0 || x == Approx(1.25).epsilon(0.005)));
      dropped += x == 0 ? 1 : 0;
    }
    CHECK(dropped == Approx(8000).epsilon(0.05));
  }
  const SeedGenerator generator(6);
  const Tensor x = make_input({{30}, DType::float64});
  GradientTape tape;
  tape.watch(x);
  const Tensor y = random::dropout(x, 0.5, {.seed = generator});
  const Tensor dx = tape.gradient(ops::sum(y), std::vector<Tensor>{x})[0];
  CHECK((dx * x).to_vector<double>() == y.to_vector<double>());
  const Tensor rows = random::dropout(Tensor::from(std::vector<float>(60, 1), {20, 3}), 0.5,
                                      {.noise_shape = {20, 1}, .seed = 1});
  const auto v = rows.to_vector<float>();
  for (std::size_t i = 0; i < 60; i += 3) CHECK((v[i] == v[i + 1] && v[i] == v[i + 2]));
  CHECK(same_bits(random::dropout(x, 0), x));
}

TEST_CASE("random functions say what is wrong", "[errors]") {
  CHECK(test::error_of<Error>([] { random::randint({2}, 5, 5); }) ==
        "random::randint: there is no integer to draw. Expected: minval < maxval. Received: "
        "minval=5, maxval=5");
  CHECK(test::error_of<DtypeError>([] { random::normal({2}, {.dtype = "int32"}); }) ==
        "random::normal: the dtype does not fit. Expected: a floating dtype. Received: int32");
  CHECK(test::error_of<Error>([] { random::dropout(make_input({{2}}), 1.5); }) ==
        "random::dropout: the rate is out of range. Expected: 0 <= rate <= 1. Received: 1.5");
  CHECK(test::error_of<Error>([] { SeedGenerator(-1); }) ==
        "SeedGenerator: the seed is negative. Expected: 0 or more. Received: -1");
}

}  // namespace weft::testing
