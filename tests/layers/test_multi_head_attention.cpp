#include <weft/core/ops/full.h>
#include <weft/core/ops/reduce.h>
#include <weft/layers/embedding.h>
#include <weft/layers/multi_head_attention.h>

#include <cmath>

#include "core/access.hpp"
#include "core/config_access.hpp"
#include "graph/functional/layer_registry.hpp"
#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

namespace {

double worst(const Tensor& a, const Tensor& b) {
  double most = 0;
  const auto x = a.to_vector<float>(), y = b.to_vector<float>();
  REQUIRE(x.size() == y.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    most = std::max(most, std::abs(static_cast<double>(x[i]) - static_cast<double>(y[i])));
  return most;
}

}  // namespace

TEST_CASE("MultiHeadAttention: shapes, with None too", "[layers]") {
  CHECK(layers::MultiHeadAttention(2, 3)({Input({4, 6}), Input({5, 6})}).shape() ==
        Shape{None, 4, 6});
  CHECK(layers::MultiHeadAttention(2, 3)({Input({None, 6}), Input({None, 5})}).shape() ==
        Shape{None, None, 6});
  CHECK(layers::MultiHeadAttention(2, 3, {.output_shape = 7})({Input({4, 6}), Input({5, 6})})
            .shape() == Shape{None, 4, 7});
  CHECK(layers::MultiHeadAttention(2, 3, {.output_shape = {2, 7}})({Input({4, 6}), Input({5, 6})})
            .shape() == Shape{None, 4, 2, 7});
  const Tensors both = layers::MultiHeadAttention(2, 3).all({Input({4, 6}), Input({5, 6})},
                                                            {.return_attention_scores = true});
  REQUIRE(both.size() == 2);
  CHECK(both[0].shape() == Shape{None, 4, 6});
  CHECK(both[1].shape() == Shape{None, 2, 4, 5});
}

TEST_CASE("MultiHeadAttention names and orders its weights as Keras", "[layers]") {
  layers::MultiHeadAttention mha(2, 3, {.value_dim = 4, .use_gate = true, .name = "mha"});
  mha({Input({4, 6}), Input({5, 7})});
  std::vector<std::string> paths;
  for (const Variable& v : mha->weights()) paths.push_back(v.path() + v.shape().to_string());
  CHECK(paths == std::vector<std::string>{
                     "mha/query/kernel(6, 2, 3)", "mha/query/bias(2, 3)", "mha/key/kernel(7, 2, 3)",
                     "mha/key/bias(2, 3)", "mha/gate/kernel(6, 2, 4)", "mha/gate/bias(2, 4)",
                     "mha/value/kernel(7, 2, 4)", "mha/value/bias(2, 4)",
                     "mha/attention_output/kernel(2, 4, 6)", "mha/attention_output/bias(6,)"});
  std::vector<std::string> attributes;
  for (const Layer::Child& child : mha->children()) attributes.push_back(child.attribute);
  CHECK(attributes == std::vector<std::string>{"query_dense", "key_dense", "_gate_dense",
                                               "value_dense", "_softmax", "_dropout_layer",
                                               "output_dense"});
  CHECK(mha->value_dense()->kernel().shape() == Shape{7, 2, 4});
  CHECK(mha->output_dense()->kernel().shape() == Shape{2, 4, 6});
  CHECK(mha->output_dense()->kernel().path() == "mha/attention_output/kernel");
  // Each projection has numbers of its own.
  layers::MultiHeadAttention same(2, 3);
  same({Input({4, 6}), Input({4, 6})});
  CHECK(worst(same->query_dense()->kernel(), same->key_dense()->kernel()) > 0.01);
  CHECK(worst(same->value_dense()->kernel(), same->key_dense()->kernel()) > 0.01);
}

TEST_CASE("MultiHeadAttention: the ways of spelling a call agree", "[layers]") {
  layers::MultiHeadAttention mha(2, 3);
  const Tensor q = random_tensor({2, 4, 6}, 1), v = random_tensor({2, 5, 6}, 2),
               k = random_tensor({2, 5, 6}, 3);
  const Tensor y = mha({q, v, k});
  CHECK(worst(mha({{"query", q}, {"value", v}, {"key", k}}), y) == 0);
  CHECK(worst(mha({{"key", k}, {"query", q}, {"value", v}}), y) == 0);
  CHECK(worst(mha({q, v}), mha({q, v, v})) == 0);
  CHECK(worst(mha({q, v}), y) > 1e-4);
  const Tensors both = mha.all({q, v, k}, {.return_attention_scores = true});
  CHECK(worst(both[0], y) < 1e-6);
  for (float sum : ops::sum(both[1], {.axis = -1}).to_vector<float>())
    CHECK(std::abs(sum - 1.0f) < 1e-6f);
}

TEST_CASE("MultiHeadAttention: what is masked has no influence", "[layers]") {
  layers::MultiHeadAttention mha(2, 3);
  const Tensor x = random_tensor({1, 4, 6}, 1);
  std::vector<float> moved = x.to_vector<float>();
  for (std::size_t i = 18; i < 24; ++i) moved[i] += 1;  // the last step
  const Tensor other = Tensor::from(moved, {1, 4, 6});
  const auto first_three = [](const Tensor& t) { return t.slice({All, Slice{0, 3}}); };
  CHECK(worst(first_three(mha({x, x})), first_three(mha({other, other}))) > 1e-3);
  const CallOptions causal = {.use_causal_mask = true};
  CHECK(worst(first_three(mha({x, x}, causal)), first_three(mha({other, other}, causal))) == 0);
  const Tensor keys = Tensor::of({{true, true, true, false}});
  const CallOptions given = {.mask = {std::nullopt, keys}};
  CHECK(worst(first_three(mha({x, x}, given)), first_three(mha({other, other}, given))) == 0);
  const CallOptions attention = {.attention_mask = keys.reshape({1, 1, 4})};
  CHECK(worst(first_three(mha({x, x}, attention)), first_three(mha({other, other}, attention))) ==
        0);
  layers::MultiHeadAttention near(2, 3, {.sliding_window = 2});
  CHECK(worst(near({x, x}).slice({All, Slice{0, 2}}),
              near({other, other}).slice({All, Slice{0, 2}})) == 0);
}

TEST_CASE("MultiHeadAttention passes the query's mask on and sees it", "[layers]") {
  const layers::Embedding embedding(5, 6, {.mask_zero = true});
  const Tensor x = embedding(Tensor::of({{1, 2, 0}}));
  const Tensor y = layers::MultiHeadAttention(2, 3)({x, x});
  REQUIRE(detail::keras_mask(y));
  check_values(*detail::keras_mask(y), {1, 3}, {1, 1, 0});
  const Tensor z = random_tensor({1, 3, 6}, 4);
  CHECK_FALSE(detail::keras_mask(layers::MultiHeadAttention(2, 3)({z, x})));
}

TEST_CASE("MultiHeadAttention drops probabilities in training only", "[layers]") {
  layers::MultiHeadAttention mha(2, 3, {.dropout = 0.5, .seed = 3});
  const Tensor x = random_tensor({2, 8, 6}, 1);
  const Tensor y = mha({x, x});
  CHECK(worst(mha({x, x}), y) == 0);
  const Tensor dropped = mha({x, x}, {.training = true});
  CHECK(worst(dropped, y) > 1e-3);
  CHECK(worst(mha({x, x}, {.training = true}), dropped) > 1e-3);
  CHECK(worst(mha({x, x}, {.training = false}), y) == 0);
}

TEST_CASE("MultiHeadAttention writes Keras's config and is revived from it", "[layers]") {
  layers::MultiHeadAttention mha(
      2, 3, {.dropout = 0.25, .output_shape = 7, .attention_axes = 1, .seed = 4, .name = "d"});
  const std::string text = config_text(mha);
  CHECK(text.rfind(common_config() +
                       ", 'num_heads': 2, 'key_dim': 3, 'value_dim': 3, 'dropout': 0.25, "
                       "'use_bias': True, 'use_gate': False, 'output_shape': [7], "
                       "'attention_axes': [1], 'sliding_window': None, 'kernel_initializer': ",
                   0) == 0);
  check_round_trip(mha);
  check_round_trip(layers::MultiHeadAttention(1, 2,
                                              {.value_dim = 5,
                                               .use_bias = false,
                                               .sliding_window = 3,
                                               .kernel_regularizer = "l2",
                                               .use_gate = true}));
  mha({Input({4, 6}), Input({5, 6}), Input({5, 2})});
  CHECK(detail::to_text(mha->get_build_config()) ==
        "{'shapes_dict': {'query_shape': [None, 4, 6], 'value_shape': [None, 5, 6], 'key_shape': "
        "[None, 5, 2]}}");
}

TEST_CASE("MultiHeadAttention says what does not fit", "[errors]") {
  using layers::MultiHeadAttention;
  CHECK(error_of<Error>([] { MultiHeadAttention(0, 3); }) ==
        "MultiHeadAttention: Received an invalid value for argument `num_heads`, expected a "
        "positive integer. Received: num_heads=0");
  CHECK(error_of<Error>([] { MultiHeadAttention(2, -1); }) ==
        "MultiHeadAttention: Received an invalid value for argument `key_dim`, expected a positive "
        "integer. Received: key_dim=-1");
  CHECK(error_of<Error>([] {
          MultiHeadAttention(2, 3, {.value_dim = 0});
        }).find("expected a positive integer or `None`. Received: value_dim=0") !=
        std::string::npos);
  CHECK(error_of<Error>([] {
          MultiHeadAttention(2, 3, {.sliding_window = 0});
        }).find("`sliding_window` must be `None` or a positive integer") != std::string::npos);
  CHECK(error_of<Error>([] {
          MultiHeadAttention(2, 3, {.dropout = 0.1, .flash_attention = true});
        }).find("Dropout is not supported when flash attention is enabled") != std::string::npos);
  const Tensor q = ops::zeros({2, 4, 6}), v = ops::zeros({2, 5, 6}), k = ops::zeros({2, 3, 6});
  const auto shape_error = [](auto f) { return error_of<ShapeError>(f); };
  CHECK(shape_error([&] {
          MultiHeadAttention(2, 3)({q, v, k});
        })
            .find("All dimensions of `value` and `key`, except the last one, must be equal. "
                  "Received: value_shape=(2, 5, 6) and key_shape=(2, 3, 6)") != std::string::npos);
  CHECK(shape_error([&] {
          MultiHeadAttention(2, 3)({ops::zeros({2, 6}), ops::zeros({2, 6})});
        }).find("Expected: rank 3 or more") != std::string::npos);
  CHECK(shape_error([&] {
          MultiHeadAttention(2, 3)({q, ops::zeros({2, 4, 5, 6})});
        }).find("must have the same rank") != std::string::npos);
  CHECK(shape_error([&] {
          MultiHeadAttention(2, 3)({q, v}, {.attention_mask = ops::ones({2, 4, 4}, "bool")});
        }).find("Expected: (2, 2, 4, 5) (batch, heads, query, key). Received: (2, 4, 4)") !=
        std::string::npos);
  CHECK(shape_error([&] {
          MultiHeadAttention(2, 3, {.attention_axes = 2})({q, v});
        }).find("an axis of `attention_axes` is out of range") != std::string::npos);
  CHECK(error_of<GraphError>([&] { MultiHeadAttention(2, 3)(q); }).find("wrong number of inputs") !=
        std::string::npos);
  CHECK(error_of<GraphError>([&] {
          MultiHeadAttention(2, 3)({{"query", q}, {"memory", v}});
        }).find("has no argument 'memory'. Expected: some of ['query', 'value', 'key']") !=
        std::string::npos);
  MultiHeadAttention built(2, 3);
  built({q, v});
  CHECK(shape_error([&] {
          built({ops::zeros({2, 4, 7}), v});
        }).find("einsum: Size of label 'c'") != std::string::npos);
}
