#include <weft/layers/batch_normalization.h>

#include <cmath>

#include "core/config_access.hpp"
#include "graph/functional/layer_registry.hpp"
#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

namespace {

struct Statistics {
  std::vector<double> mean, variance;
};

// Over all rows of [rows, channels], two passes, in double.
Statistics statistics(const std::vector<float>& x, std::size_t channels) {
  const std::size_t rows = x.size() / channels;
  Statistics s{std::vector<double>(channels), std::vector<double>(channels)};
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t r = 0; r < rows; ++r)
      s.mean[c] += x[r * channels + c] / static_cast<double>(rows);
    for (std::size_t r = 0; r < rows; ++r) {
      const double d = x[r * channels + c] - s.mean[c];
      s.variance[c] += d * d / static_cast<double>(rows);
    }
  }
  return s;
}

}  // namespace

TEST_CASE("BatchNormalization normalizes with the batch's moments in training", "[layers]") {
  const std::vector<float> x = numbers(24);
  layers::BatchNormalization bn;
  const Tensor y = bn(Tensor::from(x, {2, 4, 3}), {.training = true});
  const Statistics s = statistics(x, 3);
  std::vector<double> expected(24), moving_mean(3), moving_variance(3);
  for (std::size_t i = 0; i < 24; ++i)
    expected[i] = (x[i] - s.mean[i % 3]) / std::sqrt(s.variance[i % 3] + 1e-3);
  for (std::size_t c = 0; c < 3; ++c) {
    moving_mean[c] = 0.01 * s.mean[c];
    moving_variance[c] = 0.99 + 0.01 * s.variance[c];  // the biased variance
  }
  check_values(y, {2, 4, 3}, expected, 1e-5);
  check_values(bn->moving_mean(), {3}, moving_mean, 1e-5);
  check_values(bn->moving_variance(), {3}, moving_variance, 1e-5);
}

TEST_CASE("BatchNormalization uses the moving moments, gamma and beta in inference", "[layers]") {
  layers::BatchNormalization bn({.epsilon = 0.5});
  bn(Input({2}));
  bn->set_weights({Tensor::from({2.0f, 3.0f}), Tensor::from({1.0f, -1.0f}),
                   Tensor::from({0.5f, 1.0f}), Tensor::from({3.5f, 0.5f})});
  const Tensor x = Tensor::from({0.5f, 2.0f, 2.5f, 0.0f}, {2, 2});
  check_values(bn(x), {2, 2}, {1, 2, 2 * 2 / 2.0 + 1, -4});
  check_values(bn->moving_mean(), {2}, {0.5, 1});
}

TEST_CASE("A frozen BatchNormalization runs in inference mode, also in training", "[layers]") {
  layers::BatchNormalization bn;
  const Tensor x = Tensor::from({1.0f, 3.0f}, {2, 1});
  bn(x);
  bn->set_trainable(false);
  check_values(bn(x, {.training = true}), {2, 1}, {1 / std::sqrt(1.001), 3 / std::sqrt(1.001)});
  check_values(bn->moving_mean(), {1}, {0});
  CHECK(bn->trainable_weights().empty());
  bn->set_trainable(true);
  CHECK(bn->trainable_weights().size() == 2);  // moving moments never become trainable
  bn(x, {.training = true});
  check_values(bn->moving_mean(), {1}, {0.02}, 1e-5);
}

TEST_CASE("BatchNormalization normalizes along another axis", "[layers]") {
  const Tensor x = Tensor::from({1.0f, 3.0f, 10.0f, 30.0f}, {1, 2, 2});
  layers::BatchNormalization bn({.axis = 1, .epsilon = 0});
  check_values(bn(x, {.training = true}), {1, 2, 2}, {-1, 1, -1, 1}, 1e-5);
  CHECK(bn->gamma().shape() == Shape{2});
  CHECK(layers::BatchNormalization({.axis = 1})(Input({3, None})).shape() == Shape{None, 3, None});
}

TEST_CASE("BatchNormalization leaves masked steps out of its moments", "[layers]") {
  const Tensor x = Tensor::from({1.0f, 3.0f, 100.0f, 5.0f}, {2, 2, 1});
  const Tensor mask = Tensor::from(std::vector<bool>{true, true, false, true}, {2, 2});
  layers::BatchNormalization bn({.momentum = 0.0});
  bn(x, {.training = true, .mask = mask});
  check_values(bn->moving_mean(), {1}, {3}, 1e-5);
  check_values(bn->moving_variance(), {1}, {8.0 / 3}, 1e-5);
}

TEST_CASE("BatchNormalization has the weights that it is told to have, in Keras's order",
          "[layers]") {
  layers::BatchNormalization all({.name = "bn"}), no_scale({.scale = false}),
      none({.center = false, .scale = false});
  for (const AnyLayer& one : {AnyLayer(all), AnyLayer(no_scale), AnyLayer(none)}) one(Input({5}));
  std::vector<std::string> paths;
  for (const Variable& v : all->weights()) paths.push_back(v.path());
  CHECK(paths ==
        std::vector<std::string>{"bn/gamma", "bn/beta", "bn/moving_mean", "bn/moving_variance"});
  CHECK(all->trainable_weights().size() == 2);
  CHECK(all->count_params() == 20);
  CHECK(no_scale->weights().size() == 3);
  CHECK_FALSE(no_scale->gamma());
  CHECK(none->weights().size() == 2);
}

TEST_CASE("BatchNormalization writes Keras's config and is revived from it", "[layers]") {
  layers::BatchNormalization bn({.axis = 1,
                                 .momentum = 0.9,
                                 .gamma_regularizer = "l1",
                                 .beta_constraint = "non_neg",
                                 .name = "d"});
  bn(Input({5, 4}));
  const std::string zeros =
      "{'module': 'keras.initializers', 'class_name': 'Zeros', 'config': {}, 'registered_name': "
      "None}";
  const std::string ones =
      "{'module': 'keras.initializers', 'class_name': 'Ones', 'config': {}, 'registered_name': "
      "None}";
  CHECK(config_text(bn) == common_config() +
                               ", 'axis': 1, 'momentum': 0.9, 'epsilon': 0.001, 'center': True, "
                               "'scale': True, 'beta_initializer': " +
                               zeros + ", 'gamma_initializer': " + ones +
                               ", 'moving_mean_initializer': " + zeros +
                               ", 'moving_variance_initializer': " + ones +
                               ", 'beta_regularizer': None, 'gamma_regularizer': {'module': "
                               "'keras.regularizers', 'class_name': 'L1', 'config': {'l1': "
                               "0.009999999776482582}, 'registered_name': None}, "
                               "'beta_constraint': {'module': 'keras.constraints', 'class_name': "
                               "'NonNeg', 'config': {}, 'registered_name': None}, "
                               "'gamma_constraint': None, 'synchronized': False}");
  check_round_trip(bn);
  Config c = layers::BatchNormalization({.name = "d"})->get_config();
  c.set("renorm", false)
      .set("renorm_clipping", nullptr)
      .set("renorm_momentum", 0.99)
      .set("axis", {3});
  CHECK(detail::layer_from_config({{"class_name", "BatchNormalization"}, {"config", c}})
            ->get_config()
            .get<int>("axis") == 3);
}
