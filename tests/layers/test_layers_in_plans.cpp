// The same layers eagerly and in a plan: values, gradients and states are the same bits.
#include <weft/core/ops/reduce.h>
#include <weft/graph/trace/tape.h>
#include <weft/graph/trace/traced.h>
#include <weft/layers/batch_normalization.h>
#include <weft/layers/concatenate.h>
#include <weft/layers/dense.h>
#include <weft/layers/dropout.h>
#include <weft/layers/embedding.h>
#include <weft/layers/flatten.h>
#include <weft/layers/layer_normalization.h>

#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

namespace {

// Layers with weights, with state and with random draws.
struct Chain {
  layers::Dense dense{4, {.activation = "gelu"}};
  layers::BatchNormalization norm;
  layers::LayerNormalization layer_norm;
  layers::Dropout dropout{0.3, {.seed = 4}};
  layers::Embedding words{5, 3};

  Tensor operator()(const Tensor& x, const Tensor& ids) const {
    const Tensor h = layer_norm(norm(dense(x), {.training = true}));
    return layers::concatenate({dropout(h, {.training = true}), layers::Flatten()(words(ids))});
  }
  std::vector<Variable> weights() const {
    std::vector<Variable> all;
    for (const AnyLayer& one :
         {AnyLayer(dense), AnyLayer(norm), AnyLayer(layer_norm), AnyLayer(words)}) {
      for (const Variable& v : one->trainable_weights()) all.push_back(v);
    }
    return all;
  }
  std::vector<Variable> states() const {
    return {norm->moving_mean(), norm->moving_variance(), dropout->variables()[0]};
  }
};

std::vector<std::vector<double>> numbers_of(const std::vector<Tensor>& tensors) {
  std::vector<std::vector<double>> out;
  for (const Tensor& t : tensors) out.push_back(t.to_vector<double>());
  return out;
}

std::vector<Tensor> values_of(const std::vector<Variable>& variables) {
  std::vector<Tensor> out;
  for (const Variable& v : variables) out.push_back(v.value());
  return out;
}

}  // namespace

TEST_CASE("Layers give the same bits eagerly and in a plan, gradients and states too", "[layers]") {
  const Chain chain;
  const Tensor x = Tensor::of({{1.0f, 2.0f, 3.0f}, {4.0f, -5.0f, 6.0f}}),
               ids = Tensor::of({{0, 1}, {4, 4}});
  chain(x, ids);
  const std::vector<Variable> weights = chain.weights();
  REQUIRE(weights.size() == 7);
  const auto step = [&](const Tensor& a, const Tensor& b) -> Tensors {
    GradientTape tape;
    const Tensor y = chain(a, b);
    std::vector<Tensor> out = tape.gradient(ops::sum(y * y * y), weights);
    out.push_back(y);
    return out;
  };
  const std::vector<Tensor> before = values_of(chain.states());
  const auto eager = numbers_of(step(x, ids).flat());
  const auto states = numbers_of(values_of(chain.states()));
  std::vector<Variable> variables = chain.states();
  for (std::size_t i = 0; i < variables.size(); ++i) variables[i].assign(before[i]);
  auto plan = traced(step);
  CHECK(numbers_of(plan(x, ids).flat()) == eager);
  CHECK(numbers_of(values_of(chain.states())) == states);
  CHECK(numbers_of(before) != states);
}
