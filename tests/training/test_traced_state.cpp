// Optimizers and metrics are ordinary code: as a plan they give the same bits as op by op.
#include <weft/graph/trace/traced.h>
#include <weft/metrics.h>
#include <weft/ops.h>
#include <weft/optimizers.h>
#include <weft/schedules.h>

#include "tests/harness/catch.h"

using namespace weft;

namespace {

struct Weights {
  Variable w{Tensor::of({{1.0f, -2.0f}, {0.5f, 3.0f}}), {.name = "w"}};
  Variable b{Tensor::of({0.1f, -0.2f}), {.name = "b"}};
};

std::vector<float> state(const Weights& weights, const OptimizerRef& optimizer) {
  std::vector<float> all;
  std::vector<Variable> variables = optimizer->variables();
  variables.push_back(weights.w);
  variables.push_back(weights.b);
  for (const Variable& v : variables) {
    for (const float x : v.value().to_vector<float>()) all.push_back(x);
  }
  return all;
}

void check_optimizer(const OptimizerRef& eager, const OptimizerRef& planned) {
  const Weights a, b;
  const auto step = traced([&](const Tensor& g, const Tensor& h) {
    planned.apply({g, h}, {b.w, b.b});
    return g;
  });
  for (int i = 0; i < 5; ++i) {
    const Tensor g = Tensor::of({{0.1f, -0.2f}, {0.3f, 4.0f}}) * (i + 1),
                 h = Tensor::of({-1.0f, 0.5f}) * (2 - i);
    eager.apply({g, h}, {a.w, a.b});
    step(g, h);
  }
  INFO(eager->class_name());
  CHECK(state(a, eager) == state(b, planned));
  CHECK(step.trace_count() == 1);
}

void check_metric(const MetricRef& eager, const MetricRef& planned, const Tensor& y,
                  const Tensor& p) {
  const auto step = traced([&](const Tensor& y_true, const Tensor& y_pred) {
    planned.update_state(y_true, y_pred);
    return planned.result();
  });
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 3; ++i) {
      const Tensor shifted = p * (1.0 - 0.25 * i);
      eager.update_state(y, shifted);
      INFO(eager.name());
      CHECK(step(y, shifted).to_vector<float>() == eager.result().to_vector<float>());
    }
    eager.reset_state();
    planned.reset_state();
  }
}

}  // namespace

TEST_CASE("optimizers as plans give the bits of eager steps", "[training]") {
  using namespace optimizers;
  check_optimizer(SGD(0.1), SGD(0.1));
  check_optimizer(SGD({.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}),
                  SGD({.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}));
  check_optimizer(RMSprop({.momentum = 0.5, .centered = true}),
                  RMSprop({.momentum = 0.5, .centered = true}));
  check_optimizer(Adam({.amsgrad = true, .global_clipnorm = 1.0}),
                  Adam({.amsgrad = true, .global_clipnorm = 1.0}));
  check_optimizer(AdamW(schedules::CosineDecay(0.1, 4)), AdamW(schedules::CosineDecay(0.1, 4)));
  check_optimizer(Nadam({.use_ema = true, .ema_overwrite_frequency = 2}),
                  Nadam({.use_ema = true, .ema_overwrite_frequency = 2}));
  check_optimizer(Adam({.gradient_accumulation_steps = 2}),
                  Adam({.gradient_accumulation_steps = 2}));
}

TEST_CASE("slots made during a trace are used by its plan", "[training]") {
  const optimizers::Adam adam;
  const Weights weights;
  const auto step = traced([&](const Tensor& g) {
    adam.apply({g}, {weights.b});
    return g;
  });
  step(Tensor::of({1.0f, 1.0f}));
  CHECK(adam->variables().size() == 4);
  CHECK(adam->variables()[0].value().item<int>() == 1);
  step(Tensor::of({1.0f, 1.0f}));
  CHECK(adam->variables()[0].value().item<int>() == 2);
}

TEST_CASE("a learning rate set between steps is seen by the plan", "[training]") {
  const optimizers::SGD sgd(1.0);
  const Weights weights;
  const auto step = traced([&](const Tensor& g) {
    sgd.apply({g}, {weights.b});
    return g;
  });
  step(Tensor::of({0.1f, 0.1f}));
  sgd.set_learning_rate(0.0);
  const std::vector<float> before = weights.b.value().to_vector<float>();
  step(Tensor::of({0.1f, 0.1f}));
  CHECK(weights.b.value().to_vector<float>() == before);
}

TEST_CASE("metrics as plans give the bits of eager updates", "[training]") {
  const Tensor labels = Tensor::of({0, 2, 1, 1}), hot = ops::one_hot(labels, 3);
  const Tensor scores =
      Tensor::of({{0.5f, 0.3f, 0.2f}, {0.1f, 0.2f, 0.9f}, {0.3f, 0.2f, 0.6f}, {0.1f, 0.8f, 0.1f}});
  check_metric(metrics::SparseCategoricalAccuracy(), metrics::SparseCategoricalAccuracy(), labels,
               scores);
  check_metric(metrics::CategoricalCrossentropy(), metrics::CategoricalCrossentropy(), hot, scores);
  check_metric(metrics::RootMeanSquaredError(), metrics::RootMeanSquaredError(), hot, scores);
  check_metric(metrics::AUC(), metrics::AUC(), hot, scores);
  check_metric(metrics::Precision(), metrics::Precision(), hot, scores);
}
