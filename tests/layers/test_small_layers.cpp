// Layers of a few lines each.
#include <weft/layers/elu.h>
#include <weft/layers/gaussian_noise.h>
#include <weft/layers/identity.h>
#include <weft/layers/leaky_relu.h>
#include <weft/layers/permute.h>
#include <weft/layers/relu.h>
#include <weft/layers/repeat_vector.h>
#include <weft/layers/softmax.h>

#include <cmath>

#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("ReLU takes a limit, a slope and a threshold", "[layers]") {
  const Tensor x = Tensor::from({-10.0f, -1.0f, 0.5f, 2.0f, 10.0f});
  check_values(layers::ReLU()(x), {5}, {0, 0, 0.5, 2, 10});
  check_values(layers::ReLU({.max_value = 6})(x), {5}, {0, 0, 0.5, 2, 6});
  check_values(layers::ReLU({.max_value = 3})(x), {5}, {0, 0, 0.5, 2, 3});
  check_values(layers::ReLU({.negative_slope = 0.25})(x), {5}, {-2.5, -0.25, 0.5, 2, 10});
  check_values(layers::ReLU({.threshold = 1})(x), {5}, {0, 0, 0, 2, 10});
  check_values(layers::ReLU({.max_value = 5, .negative_slope = 0.5, .threshold = 1})(x), {5},
               {-5.5, -1, -0.25, 2, 5});
}

TEST_CASE("LeakyReLU and ELU have Keras's defaults", "[layers]") {
  const Tensor x = Tensor::from({-2.0f, 3.0f});
  check_values(layers::LeakyReLU()(x), {2}, {-0.6, 3});
  check_values(layers::LeakyReLU({.negative_slope = 0.5})(x), {2}, {-1, 3});
  check_values(layers::ELU()(x), {2}, {std::exp(-2.0) - 1, 3});
  check_values(layers::ELU({.alpha = 2})(x), {2}, {2 * (std::exp(-2.0) - 1), 3});
}

TEST_CASE("Softmax normalizes over one or several axes, and leaves masked places at 0",
          "[layers]") {
  const Tensor x = Tensor::of({{0.0f, 1.0f}, {2.0f, 2.0f}});
  const double e = std::exp(1.0);
  check_values(layers::Softmax()(x), {2, 2}, {1 / (1 + e), e / (1 + e), 0.5, 0.5});
  const double z = 1 + e + 2 * e * e;
  check_values(layers::Softmax({.axis = {1, 2}})(x.reshape({1, 2, 2})), {1, 2, 2},
               {1 / z, e / z, e * e / z, e * e / z});
  const Tensor mask = Tensor::from(std::vector<bool>{false, true, true, true}, {2, 2});
  check_values(layers::Softmax()(x, {.mask = mask}), {2, 2}, {0, 1, 0.5, 0.5});
}

TEST_CASE("Permute and RepeatVector move and repeat", "[layers]") {
  const Tensor x = Tensor::from({1, 2, 3, 4, 5, 6}, {1, 2, 3});
  check_values(layers::Permute({2, 1})(x), {1, 3, 2}, {1, 4, 2, 5, 3, 6});
  CHECK(layers::Permute({3, 1, 2})(Input({4, None, 6})).shape() == Shape{None, 6, 4, None});
  check_values(layers::RepeatVector(2)(Tensor::of({{1, 2}, {3, 4}})), {2, 2, 2},
               {1, 2, 1, 2, 3, 4, 3, 4});
  CHECK(layers::RepeatVector(3)(Input({5})).shape() == Shape{None, 3, 5});
}

TEST_CASE("GaussianNoise adds noise in training only", "[layers]") {
  const Tensor x = Tensor::from(std::vector<float>(10000, 1.0f), {100, 100});
  layers::GaussianNoise noise(0.5, {.seed = 3});
  CHECK(noise(x).to_vector<float>() == x.to_vector<float>());
  double sum = 0, squares = 0;
  for (float v : noise(x, {.training = true}).to_vector<float>()) {
    sum += v - 1;
    squares += (v - 1) * (v - 1);
  }
  CHECK(std::abs(sum / 1e4) < 0.025);  // five standard deviations of the mean
  CHECK(std::abs(squares / 1e4 - 0.25) < 0.02);
  CHECK(noise(Input({None, 3}), {.training = true}).shape() == Shape{None, None, 3});
}

TEST_CASE("Small layers write Keras's configs and are revived from them", "[layers]") {
  const auto check = [](const AnyLayer& layer, const std::string& rest) {
    CHECK(config_text(layer) == common_config() + rest + "}");
    check_round_trip(layer);
  };
  check(layers::ReLU({.max_value = 6, .name = "d"}),
        ", 'max_value': 6.0, 'negative_slope': 0.0, 'threshold': 0.0");
  check(layers::ReLU({.name = "d"}),
        ", 'max_value': None, 'negative_slope': 0.0, 'threshold': 0.0");
  check(layers::LeakyReLU({.name = "d"}), ", 'negative_slope': 0.3");
  check(layers::ELU({.name = "d"}), ", 'alpha': 1.0");
  check(layers::Softmax({.name = "d"}), ", 'axis': -1");
  check(layers::Softmax({.axis = {1, 2}, .name = "d"}), ", 'axis': [1, 2]");
  check(layers::Permute({2, 1}, {.name = "d"}), ", 'dims': [2, 1]");
  check(layers::RepeatVector(3, {.name = "d"}), ", 'n': 3");
  check(layers::GaussianNoise(0.1, {.name = "d"}), ", 'stddev': 0.1, 'seed': None");
  check(layers::Identity({.name = "d"}), "");
}

TEST_CASE("Identity passes tensors on", "[layers]") {
  check_values(layers::Identity()(Tensor::from({1, 2})), {2}, {1, 2});
  CHECK(layers::Identity().all({Input({3}), Input({4})}).size() == 2);
}
