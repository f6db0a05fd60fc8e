#include <weft/layers/dropout.h>

#include <cmath>

#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("Dropout passes its input on outside of training", "[layers]") {
  const Tensor x = Tensor::from({1.0f, 2.0f, 3.0f, 4.0f}, {2, 2});
  check_values(layers::Dropout(0.5)(x), {2, 2}, {1, 2, 3, 4});
  check_values(layers::Dropout(0.0)(x, {.training = true}), {2, 2}, {1, 2, 3, 4});
  check_values(layers::Dropout(1.0)(x, {.training = true}), {2, 2}, {0, 0, 0, 0});
  CHECK(layers::Dropout(0.5)(Input({None, 4})).shape() == Shape{None, None, 4});
}

TEST_CASE("Dropout drops at its rate and scales the rest", "[layers]") {
  const std::size_t n = 20000;
  layers::Dropout dropout(0.3, {.seed = 7});
  const auto y = dropout(Tensor::from(std::vector<float>(n, 1.0f), {100, 200}), {.training = true})
                     .to_vector<float>();
  std::size_t dropped = 0;
  for (float v : y) {
    if (v == 0.0f)
      ++dropped;
    else
      REQUIRE(std::abs(v - 1.0f / 0.7f) < 1e-6f);
  }
  // Five standard deviations of a binomial distribution: sqrt(n 0.3 0.7) is 65.
  CHECK(std::abs(static_cast<double>(dropped) - 0.3 * n) < 5 * 65);
}

TEST_CASE("Dropout draws anew with each call, and the same again from the same seed", "[layers]") {
  const Tensor x = Tensor::from(std::vector<float>(64, 1.0f), {8, 8});
  layers::Dropout a(0.5, {.seed = 7}), b(0.5, {.seed = 7}), c(0.5, {.seed = 8});
  const auto first = a(x, {.training = true}).to_vector<float>();
  CHECK(first == b(x, {.training = true}).to_vector<float>());
  CHECK(first != c(x, {.training = true}).to_vector<float>());
  const auto second = a(x, {.training = true}).to_vector<float>();
  CHECK(first != second);
  CHECK(second == b(x, {.training = true}).to_vector<float>());
}

TEST_CASE("Dropout's noise shape drops whole slices", "[layers]") {
  layers::Dropout dropout(0.5, {.noise_shape = {None, 1, 8}, .seed = 1});
  const auto y =
      dropout(Tensor::from(std::vector<float>(4 * 5 * 8, 1.0f), {4, 5, 8}), {.training = true})
          .to_vector<float>();
  std::size_t zeros = 0;
  for (std::size_t n = 0; n < 4; ++n) {
    for (std::size_t c = 0; c < 8; ++c) {
      for (std::size_t t = 1; t < 5; ++t) CHECK(y[(n * 5 + t) * 8 + c] == y[n * 5 * 8 + c]);
      zeros += y[n * 5 * 8 + c] == 0.0f ? 1 : 0;
    }
  }
  CHECK(zeros > 4);
  CHECK(zeros < 28);
}

TEST_CASE("Dropout's generator is a variable and no weight", "[layers]") {
  layers::Dropout dropout(0.5);
  CHECK(dropout->weights().empty());
  REQUIRE(dropout->variables().size() == 1);
  CHECK(dropout->seed_generators()[0].name == "seed_generator");
  CHECK(layers::Dropout(0.0)->variables().empty());
}

TEST_CASE("Dropout writes Keras's config and is revived from it", "[layers]") {
  layers::Dropout dropout(0.5, {.noise_shape = {None, 1, 4}, .seed = 3, .name = "d"});
  CHECK(config_text(dropout) ==
        common_config() + ", 'rate': 0.5, 'seed': 3, 'noise_shape': [None, 1, 4]}");
  check_round_trip(dropout);
  layers::Dropout plain(0.25, {.name = "d"});
  CHECK(config_text(plain) ==
        common_config() + ", 'rate': 0.25, 'seed': None, 'noise_shape': None}");
  check_round_trip(plain);
}
