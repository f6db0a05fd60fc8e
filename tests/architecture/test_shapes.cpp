// Test 7: random lengths, last batches, evaluate at another batch size: at most eight plans, memory
// at most 1.1 times the largest; lowering a new shape is fast.
#include <algorithm>
#include <chrono>
#include <random>

#include "core/memory_stats.hpp"
#include "tests/architecture/models.h"
#include "tests/harness/catch.h"
#include "training/data/batches.hpp"
#include "training/model_state.hpp"

using namespace weft;
using namespace weft::test;

namespace {

Model any_length() {
  Tensor in = Input({None, 6});
  Tensor x = layers::Dense(16, {.activation = "relu"})(in);
  return Model(in, layers::Dense(3)(ops::mean(x, {.axis = 1})));
}

detail::StepRunner runner_for(Model& model, const trace::CallStructure& structure) {
  return {static_cast<ModelLayer&>(*model.base()), detail::StepKind::train, structure};
}

double lowering_ms(Model& model, std::int64_t rows, std::int64_t width, std::int64_t classes) {
  const Batch data = made_up(rows, width, classes, 1);
  const trace::CallStructure structure({data.x, data.y, Tensors()});
  detail::StepRunner runner = runner_for(model, structure);
  const std::vector<Tensor> flat = structure.flatten({data.x, data.y, Tensors()});
  const auto start = std::chrono::steady_clock::now();
  runner.prepare(flat);
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace

TEST_CASE("random lengths share one arena, and at most eight plans are kept", "[architecture]") {
  Model model = any_length();
  model.compile(classification(optimizers::SGD()));
  std::mt19937 bits(1);
  std::size_t largest = 0;
  for (int i = 0; i < 60; ++i) {
    const std::int64_t length = i == 0 ? 50 : 5 + static_cast<std::int64_t>(bits() % 46);
    const std::int64_t rows = 1 + static_cast<std::int64_t>(bits() % 8);
    model.train_on_batch(random::uniform({i == 0 ? 8 : rows, length, 6}),
                         random::randint({i == 0 ? 8 : rows}, 0, 3));
    const auto& state = detail::ModelAccess::state(static_cast<const ModelLayer&>(*model.base()));
    REQUIRE(state.train.by_structure.size() == 1);
    CHECK(state.train.by_structure[0].second->plan_count() <= 8);
    largest = std::max(largest, state.train.by_structure[0].second->largest_arena_bytes());
    CHECK(static_cast<double>(state.arenas->idle_bytes()) <= 1.1 * static_cast<double>(largest));
  }
}

TEST_CASE("full and last batch, and evaluate at another batch size, need one plan each",
          "[architecture]") {
  Model model = small_mlp();
  model.compile(classification(optimizers::SGD()));
  const Batch data = made_up(50, 16, 4, 2);
  model.fit(data.x, data.y, {.batch_size = 16, .epochs = 4, .verbose = 0});
  model.evaluate(data.x, data.y, {.batch_size = 25, .verbose = 0});
  const auto& state = detail::ModelAccess::state(static_cast<const ModelLayer&>(*model.base()));
  CHECK(state.train.by_structure.at(0).second->trace_count() == 2);
  CHECK(state.test.by_structure.at(0).second->trace_count() == 1);
}

// The best of several: the machine is shared.
TEST_CASE("lowering a new shape of the mlp takes at most 5 ms", "[architecture][timing]") {
  Tensor in = Input({784});
  Tensor x =
      layers::Dense(64, {.activation = "relu"})(layers::Dense(64, {.activation = "relu"})(in));
  Model model(in, layers::Dense(10)(x));
  model.compile(classification(optimizers::RMSprop()));
  lowering_ms(model, 8, 784, 10);
  double best = 1e9;
  for (std::int64_t rows = 9; rows < 29; ++rows)
    best = std::min(best, lowering_ms(model, rows, 784, 10));
  INFO(best << " ms");
  CHECK(best <= 5);
}
