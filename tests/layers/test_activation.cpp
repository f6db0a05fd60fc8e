#include <weft/graph/functional/custom_object.h>
#include <weft/layers/activation.h>
#include <weft/layers/activation_layer.h>
#include <weft/layers/dense.h>

#include <cmath>

#include "core/config_access.hpp"
#include "graph/functional/layer_registry.hpp"
#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return std::log1p(std::exp(x)); }

struct Case {
  const char* id;
  double (*formula)(double);
};

// Written from the definitions, not from the kernels.
const Case cases[] = {
    {"relu", [](double x) { return x > 0 ? x : 0; }},
    {"leaky_relu", [](double x) { return x > 0 ? x : 0.2 * x; }},
    {"relu6", [](double x) { return x < 0   ? 0
                                    : x > 6 ? 6
                                            : x; }},
    {"celu", [](double x) { return x > 0 ? x : std::exp(x) - 1; }},
    {"elu", [](double x) { return x > 0 ? x : std::exp(x) - 1; }},
    {"selu",
     [](double x) {
       return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (std::exp(x) - 1));
     }},
    {"softplus", softplus},
    {"softsign", [](double x) { return x / (1 + std::abs(x)); }},
    {"squareplus", [](double x) { return (x + std::sqrt(x * x + 4)) / 2; }},
    {"soft_shrink", [](double x) { return x > 0.5    ? x - 0.5
                                          : x < -0.5 ? x + 0.5
                                                     : 0; }},
    {"sparse_plus", [](double x) { return x <= -1 ? 0
                                          : x < 1 ? (x + 1) * (x + 1) / 4
                                                  : x; }},
    {"silu", [](double x) { return x * sigmoid(x); }},
    {"swish", [](double x) { return x * sigmoid(x); }},
    {"gelu", [](double x) { return x * 0.5 * (1 + std::erf(x / std::sqrt(2.0))); }},
    {"tanh", [](double x) { return std::tanh(x); }},
    {"tanh_shrink", [](double x) { return x - std::tanh(x); }},
    {"sigmoid", sigmoid},
    {"sparse_sigmoid", [](double x) { return x <= -1  ? 0
                                             : x >= 1 ? 1
                                                      : (x + 1) / 2; }},
    {"exponential", [](double x) { return std::exp(x); }},
    {"hard_sigmoid", [](double x) { return x <= -3  ? 0
                                           : x >= 3 ? 1
                                                    : (x + 3) / 6; }},
    {"hard_silu", [](double x) { return x * (x <= -3  ? 0
                                             : x >= 3 ? 1
                                                      : (x + 3) / 6); }},
    {"hard_swish", [](double x) { return x * (x <= -3  ? 0
                                              : x >= 3 ? 1
                                                       : (x + 3) / 6); }},
    {"hard_tanh", [](double x) { return x < -1  ? -1
                                        : x > 1 ? 1
                                                : x; }},
    {"hard_shrink", [](double x) { return std::abs(x) > 0.5 ? x : 0; }},
    {"linear", [](double x) { return x; }},
    {"mish", [](double x) { return x * std::tanh(softplus(x)); }},
    {"log_sigmoid", [](double x) { return -softplus(-x); }},
};

Tensor tripled(const Tensor& x) { return x * 3; }

}  // namespace

TEST_CASE("Activations by name are what Keras's are", "[layers]") {
  const std::vector<float> x = {-7.0f, -2.5f, -1.25f, -0.75f, -0.25f,
                                0.25f, 0.75f, 1.25f,  2.5f,   7.0f};
  for (const Case& c : cases) {
    INFO(c.id);
    std::vector<double> expected;
    for (float v : x) expected.push_back(c.formula(v));
    check_values(activations::get(c.id)(Tensor::from(x)), {10}, expected, 1e-6);
  }
}

TEST_CASE("Activations of whole rows are what Keras's are", "[layers]") {
  const Tensor x = Tensor::of({{1.0f, 2.0f}, {3.0f, 3.0f}});
  const double s = 1 / (1 + std::exp(1.0));
  check_values(activations::softmax(x), {2, 2}, {s, 1 - s, 0.5, 0.5});
  check_values(activations::log_softmax(x), {2, 2},
               {std::log(s), std::log(1 - s), std::log(0.5), std::log(0.5)});
  check_values(activations::get("glu")(x), {2, 1}, {1 * sigmoid(2), 3 * sigmoid(3)});
}

TEST_CASE("An activation is a name, an object, a function or null", "[layers]") {
  const Tensor x = Tensor::from({-1.0f, 2.0f});
  check_values(weft::Activation("relu")(x), {2}, {0, 2});
  check_values(weft::Activation(activations::relu)(x), {2}, {0, 2});
  check_values(weft::Activation(nullptr)(x), {2}, {-1, 2});
  check_values(weft::Activation([](const Tensor& t) { return t * 2; })(x), {2}, {-2, 4});
  check_values(weft::Activation("tripled", tripled)(x), {2}, {-3, 6});
  CHECK(weft::Activation().name() == "linear");
  CHECK(weft::Activation(activations::swish).name() == "silu");
  CHECK(weft::Activation(tripled).name().empty());
}

TEST_CASE("A function of one's own is saved by its name and found among the custom objects",
          "[layers]") {
  layers::Dense dense(2, {.activation = {"pkg>tripled", tripled}, .name = "d"});
  const Config c = dense->get_config();
  CHECK(detail::to_text(c["activation"]) ==
        "{'module': 'builtins', 'class_name': 'function', 'config': 'pkg>tripled', "
        "'registered_name': 'function'}");
  const Config object = detail::serialize_layer(*dense.base());
  CHECK_THAT(error_of<Error>([&] { detail::layer_from_config(object); }),
             Catch::Matchers::Contains("Could not interpret activation function identifier: "
                                       "pkg>tripled. Expected one of: relu, "));
  const AnyLayer again =
      detail::layer_from_config(object, {{"pkg>tripled", weft::Activation(tripled)}});
  again(Input({2}));
  again->set_weights({Tensor::of({{1.0f, 0.0f}, {0.0f, 1.0f}}), Tensor::from({0.0f, 1.0f})});
  check_values(again(Tensor::of({{1.0f, 2.0f}})), {1, 2}, {3, 9});
  CHECK(config_text(again) == config_text(dense));
  layers::Dense nameless(2, {.activation = tripled});
  CHECK_THAT(error_of<Error>([&] { nameless->get_config(); }),
             Catch::Matchers::Contains(
                 "This activation is a function without a name and cannot be saved."));
}

TEST_CASE("The layer Activation writes Keras's config and is revived from it", "[layers]") {
  layers::Activation activation("swish", {.name = "d"});
  CHECK(config_text(activation) == common_config() + ", 'activation': 'silu'}");
  check_round_trip(activation);
  check_values(layers::Activation(activations::tanh)(Tensor::from({0.5f})), {1}, {std::tanh(0.5)});
  CHECK(layers::Activation("relu")(Input({None, 3})).shape() == Shape{None, None, 3});
}
