#include <weft/core/ops/full.h>
#include <weft/layers/dense.h>
#include <weft/layers/einsum_dense.h>

#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("EinsumDense computes what Dense does", "[layers]") {
  const Tensor x = Tensor::from(numbers(24), {2, 3, 4});
  layers::Dense dense(5, {.activation = "tanh"});
  const Tensor y = dense(x);
  for (const auto& [equation, shape] : std::vector<std::pair<std::string, Shape>>{
           {"abc,cd->abd", {None, 5}}, {"...x,xy->...y", {5}}}) {
    layers::EinsumDense einsum(
        equation, shape, {.activation = "tanh", .bias_axes = equation.substr(equation.size() - 1)});
    einsum(x);
    einsum->set_weights({dense->kernel(), dense->bias()});
    const std::vector<float> expected = y.to_vector<float>();
    check_values(einsum(x), y.shape(), std::vector<double>(expected.begin(), expected.end()));
  }
}

TEST_CASE("EinsumDense: shapes of weights and outputs", "[layers]") {
  const auto weights = [](const layers::EinsumDense& layer, const Tensor& x) {
    const Shape out = layer(x).shape();
    std::string text = out.to_string();
    for (const Variable& v : layer->weights()) text += " " + v.path() + v.shape().to_string();
    return text;
  };
  CHECK(weights({"ab,bc->ac", 4, {.bias_axes = "c", .name = "e"}}, Input({3})) ==
        "(None, 4) e/kernel(3, 4) e/bias(4,)");
  CHECK(weights({"abc,cde->abde", {None, 2, 3}, {.bias_axes = "de", .name = "e"}},
                Input({None, 5})) == "(None, None, 2, 3) e/kernel(5, 2, 3) e/bias(2, 3)");
  CHECK(weights({"abcd,ce->abed", {4, 6, 3}, {.bias_axes = "b", .name = "e"}}, Input({4, 5, 3})) ==
        "(None, 4, 6, 3) e/kernel(5, 6) e/bias(4, 1, 1)");
  CHECK(weights({"ab...,bc->ac...", 6, {.bias_axes = "c", .name = "e"}}, Input({5, 4, 3})) ==
        "(None, 6, 4, 3) e/kernel(5, 6) e/bias(6, 1, 1)");
}

TEST_CASE("EinsumDense writes Keras's config and is revived from it", "[layers]") {
  const layers::EinsumDense layer("abc,cd->abd", {None, 4},
                                  {.activation = "relu", .bias_axes = "d", .name = "d"});
  CHECK(config_text(layer).rfind(common_config() +
                                     ", 'output_shape': [None, 4], 'equation': 'abc,cd->abd', "
                                     "'activation': 'relu', 'bias_axes': 'd', ",
                                 0) == 0);
  check_round_trip(layer);
  check_round_trip(layers::EinsumDense("ab,bc->ac", 4));
}

TEST_CASE("EinsumDense says what does not fit", "[errors]") {
  const Tensor x = ops::zeros({2, 4, 6});
  const auto message = [&](const std::string& equation, const Shape& shape,
                           layers::EinsumDenseOptions o = {}) {
    o.name = "e";
    return error_of<Error>([&] { layers::EinsumDense(equation, shape, o)(x); });
  };
  CHECK(
      message("abc,cd", {4})
          .find("e: Invalid einsum equation 'abc,cd'. Equations must be in the form [X],[Y]->[Z], "
                "...[X],[Y]->...[Z], or [X]...,[Y]->[Z]....") != std::string::npos);
  CHECK(message("abc,cd->abz", {None, 4})
            .find("Dimension 'z' was specified in the output 'abz' but has no corresponding dim") !=
        std::string::npos);
  CHECK(message("abc,cdx->abd", {None, 4}).find("Weight dimension 'x' did not have a match") !=
        std::string::npos);
  CHECK(message("abc,cd->abd", {None, 4}, {.bias_axes = "z"})
            .find("Bias dimension 'z' was requested, but is not part of the output spec 'abd'") !=
        std::string::npos);
  CHECK(error_of<ShapeError>([&] {
          layers::EinsumDense("abc,cd->abd", {3, 4})(x);
        })
            .find("Input shape and output shape do not match at shared dimension 'b'. Input shape "
                  "is 4, and output shape is 3.") != std::string::npos);
  CHECK(error_of<ShapeError>([&] {
          layers::EinsumDense("ab,bc->ac", 4)(x);
        }).find("the input has another rank than the equation") != std::string::npos);
  CHECK(error_of<ShapeError>([&] {
          layers::EinsumDense("abc,cd->abd", 4)(x);
        }).find("`output_shape` does not fit the equation") != std::string::npos);
}
