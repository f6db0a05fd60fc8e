#include <weft/layers/layer_normalization.h>

#include <cmath>

#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

namespace {

// Each run of `size` numbers for itself, in double.
std::vector<double> normalized(const std::vector<float>& x, std::size_t size, double epsilon) {
  std::vector<double> y(x.size());
  for (std::size_t begin = 0; begin < x.size(); begin += size) {
    double mean = 0, variance = 0;
    for (std::size_t i = begin; i < begin + size; ++i) mean += x[i] / static_cast<double>(size);
    for (std::size_t i = begin; i < begin + size; ++i)
      variance += (x[i] - mean) * (x[i] - mean) / static_cast<double>(size);
    for (std::size_t i = begin; i < begin + size; ++i)
      y[i] = (x[i] - mean) / std::sqrt(variance + epsilon);
  }
  return y;
}

}  // namespace

TEST_CASE("LayerNormalization normalizes each element along the last axis", "[layers]") {
  const std::vector<float> x = numbers(24);
  layers::LayerNormalization ln;
  check_values(ln(Tensor::from(x, {2, 3, 4})), {2, 3, 4}, normalized(x, 4, 1e-3), 1e-5);
  CHECK(ln->gamma().shape() == Shape{4});
  ln->gamma().assign(Tensor::from({1.0f, 2.0f, 3.0f, 4.0f}));
  ln->beta().assign(Tensor::from({1.0f, 0.0f, 0.0f, -1.0f}));
  std::vector<double> expected = normalized(x, 4, 1e-3);
  for (std::size_t i = 0; i < 24; ++i)
    expected[i] = expected[i] * static_cast<double>(i % 4 + 1) + (i % 4 == 0   ? 1
                                                                  : i % 4 == 3 ? -1
                                                                               : 0);
  check_values(ln(Tensor::from(x, {2, 3, 4})), {2, 3, 4}, expected, 1e-5);
  CHECK(layers::LayerNormalization()(Input({None, 4})).shape() == Shape{None, None, 4});
}

TEST_CASE("LayerNormalization normalizes over several axes and over an inner one", "[layers]") {
  const std::vector<float> x = numbers(24);
  layers::LayerNormalization both({.axis = {2, 1}, .epsilon = 1e-5});
  check_values(both(Tensor::from(x, {2, 3, 4})), {2, 3, 4}, normalized(x, 12, 1e-5), 1e-5);
  CHECK(both->gamma().shape() == Shape{3, 4});
  layers::LayerNormalization inner({.axis = 1, .epsilon = 1e-5});
  inner(Input({3, 4}));
  inner->gamma().assign(Tensor::from({1.0f, 2.0f, 3.0f}));
  std::vector<float> swapped(24);
  for (std::size_t i = 0; i < 24; ++i) swapped[i / 12 * 12 + i % 4 * 3 + i / 4 % 3] = x[i];
  const std::vector<double> rows = normalized(swapped, 3, 1e-5);
  std::vector<double> expected(24);
  for (std::size_t i = 0; i < 24; ++i)
    expected[i] = rows[i / 12 * 12 + i % 4 * 3 + i / 4 % 3] * static_cast<double>(i / 4 % 3 + 1);
  check_values(inner(Tensor::from(x, {2, 3, 4})), {2, 3, 4}, expected, 1e-5);
}

TEST_CASE("LayerNormalization writes Keras's config and is revived from it", "[layers]") {
  layers::LayerNormalization ln({.axis = {2, 1}, .name = "d"});
  ln(Input({5, 4}));
  CHECK(config_text(ln) ==
        common_config() +
            ", 'axis': [1, 2], 'epsilon': 0.001, 'center': True, 'scale': True, 'rms_scaling': "
            "False, 'beta_initializer': "
            "{'module': 'keras.initializers', 'class_name': 'Zeros', 'config': {}, "
            "'registered_name': None}, 'gamma_initializer': "
            "{'module': 'keras.initializers', 'class_name': 'Ones', 'config': {}, "
            "'registered_name': None}, 'beta_regularizer': "
            "None, 'gamma_regularizer': None, 'beta_constraint': None, 'gamma_constraint': None}");
  check_round_trip(ln);
  layers::LayerNormalization one({.name = "d"});
  CHECK(one->get_config().get<int>("axis") == -1);
  one(Input({4}));
  CHECK(one->get_config().get<std::vector<int>>("axis") == std::vector<int>{-1});
}
