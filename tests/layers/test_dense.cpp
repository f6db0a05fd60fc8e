#include <weft/layers/dense.h>
#include <weft/layers/initializers/he.h>
#include <weft/layers/regularizers/l1.h>

#include <algorithm>

#include "core/config_access.hpp"
#include "graph/functional/layer_registry.hpp"
#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

namespace {

// x kernel + bias by three loops, in double.
std::vector<double> affine(const std::vector<float>& x, const std::vector<float>& kernel,
                           const std::vector<float>& bias) {
  const std::size_t units = bias.size(), in = kernel.size() / units, rows = x.size() / in;
  std::vector<double> y(rows * units);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t u = 0; u < units; ++u) {
      double sum = bias[u];
      for (std::size_t i = 0; i < in; ++i)
        sum += static_cast<double>(x[r * in + i]) * kernel[i * units + u];
      y[r * units + u] = sum;
    }
  }
  return y;
}

}  // namespace

TEST_CASE("Dense keeps all dimensions but the last, None too", "[layers]") {
  CHECK(layers::Dense(3)(Input({4})).shape() == Shape{None, 3});
  CHECK(layers::Dense(3)(Input({None, 4})).shape() == Shape{None, None, 3});
  CHECK(layers::Dense(10)(Input({4, 4, 64}, {.batch_size = 2})).shape() == Shape{2, 4, 4, 10});
}

TEST_CASE("Dense multiplies and adds, on inputs of any rank", "[layers]") {
  const std::vector<float> x = numbers(24), kernel = numbers(12, 2), bias = numbers(3, 3);
  layers::Dense dense(3);
  dense(Input({4}));
  dense->set_weights({Tensor::from(kernel, {4, 3}), Tensor::from(bias)});
  check_values(dense(Tensor::from(x, {6, 4})), {6, 3}, affine(x, kernel, bias));
  check_values(dense(Tensor::from(x, {2, 3, 4})), {2, 3, 3}, affine(x, kernel, bias));
  check_values(dense(Tensor::from(x, {1, 3, 2, 4})), {1, 3, 2, 3}, affine(x, kernel, bias));
}

TEST_CASE("Dense applies its activation, and without a bias has none", "[layers]") {
  const std::vector<float> x = numbers(8), kernel = numbers(12, 2);
  layers::Dense dense(3, {.activation = "relu", .use_bias = false});
  const Tensor y0 = dense(Tensor::from(x, {2, 4}));
  CHECK(y0.shape() == Shape{2, 3});
  dense->kernel().assign(Tensor::from(kernel, {4, 3}));
  std::vector<double> expected = affine(x, kernel, {0, 0, 0});
  for (double& v : expected) v = std::max(v, 0.0);
  check_values(dense(Tensor::from(x, {2, 4})), {2, 3}, expected);
  CHECK_FALSE(dense->bias());
  CHECK(dense->weights().size() == 1);
}

TEST_CASE("Dense names, orders and counts its weights as Keras", "[layers]") {
  layers::Dense dense(64, {.name = "first"});
  dense(Input({784}));
  REQUIRE(dense->weights().size() == 2);
  CHECK(dense->kernel().path() == "first/kernel");
  CHECK(dense->weights()[0].is(dense->kernel()));
  CHECK(dense->bias().shape() == Shape{64});
  CHECK(dense->count_params() == 50240);
  for (float v : dense->bias().value().to_vector<float>()) CHECK(v == 0.0f);
}

TEST_CASE("Dense writes Keras's config and is revived from it", "[layers]") {
  layers::Dense dense(3, {.activation = "relu",
                          .kernel_initializer = initializers::HeNormal({.seed = 1}),
                          .bias_initializer = 0.5,
                          .kernel_regularizer = "l2",
                          .activity_regularizer = regularizers::L1(0.5),
                          .kernel_constraint = "max_norm",
                          .name = "d"});
  dense(Input({4}));
  // What real Keras 3.15.1 writes, without the keys that are newer than 3.0.
  CHECK(config_text(dense) == common_config() +
                                  ", 'activity_regularizer': {'module': 'keras.regularizers', "
                                  "'class_name': 'L1', 'config': {'l1': 0.5}, "
                                  "'registered_name': None}, 'units': 3, 'activation': 'relu', "
                                  "'use_bias': True, 'kernel_initializer': {'module': "
                                  "'keras.initializers', 'class_name': 'HeNormal', 'config': "
                                  "{'seed': 1}, 'registered_name': None}, "
                                  "'bias_initializer': {'module': 'keras.initializers', "
                                  "'class_name': 'Constant', 'config': {'value': 0.5}, "
                                  "'registered_name': None}, 'kernel_regularizer': {'module': "
                                  "'keras.regularizers', 'class_name': 'L2', 'config': "
                                  "{'l2': 0.01}, 'registered_name': None}, 'bias_regularizer': "
                                  "None, 'kernel_constraint': {'module': "
                                  "'keras.constraints', 'class_name': 'MaxNorm', 'config': "
                                  "{'max_value': 2, 'axis': 0}, 'registered_name': None}, "
                                  "'bias_constraint': None}");
  CHECK(detail::to_text(dense->get_build_config()) == "{'input_shape': [None, 4]}");
  check_round_trip(dense);
}

TEST_CASE("Dense reads configs of other releases of Keras", "[layers]") {
  Config c = layers::Dense(3, {.name = "d"})->get_config();
  const std::string expected = detail::to_text(c);
  c.set("lora_rank", nullptr).set("quantization_config", nullptr).set("dtype", "float32");
  c.set("kernel_initializer",
        Config{{"class_name", "GlorotUniform"}, {"config", Config{{"seed", nullptr}}}});
  const AnyLayer again = detail::layer_from_config({{"class_name", "Dense"}, {"config", c}});
  CHECK(config_text(again) == expected);
  c.set("lora_rank", 4);
  CHECK_THAT(error_of<Error>([&] {
               detail::layer_from_config({{"class_name", "Dense"}, {"config", c}});
             }),
             Catch::Matchers::Contains(
                 "Dense: `lora_rank` is not supported. Expected: null. Received: 4"));
}

TEST_CASE("Dense's penalties are its losses", "[layers]") {
  layers::Dense dense(
      2, {.kernel_initializer = 2.0, .kernel_regularizer = "l2", .bias_regularizer = "l1"});
  dense(Input({3}));
  REQUIRE(dense->losses().size() == 2);
  CHECK(dense->losses()[0].item() == Approx(0.01 * 6 * 4));
  CHECK(dense->losses()[1].item() == 0.0f);
  dense->set_trainable(false);
  CHECK(dense->losses().empty());  // Keras: only of what is trained
}

TEST_CASE("A null Dense says its name when it is used", "[layers]") {
  layers::Dense dense;
  CHECK_FALSE(dense);
  CHECK_THAT(error_of<GraphError>([&] { dense(Input({4})); }), Catch::Matchers::Contains("Dense"));
}
