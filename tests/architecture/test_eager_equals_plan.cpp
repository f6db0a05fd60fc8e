// Test 2: after five steps the weights of an eager and of a planned run are equal to the bit.
#include "tests/architecture/models.h"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::test;

namespace {

// Makes the same model twice, trains one op by op and one as a plan.
template <class Make, class Fit>
void compare(Make make, Fit fit) {
  set_random_seed(7);
  Model eager = make();
  set_random_seed(7);
  Model planned = make();
  planned.set_weights(eager.get_weights());
  fit(eager, true);
  fit(planned, false);
  const auto a = state_of(eager), b = state_of(planned);
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    INFO("variable " << i);
    CHECK(a[i] == b[i]);
  }
}

void fit_classes(Model& model, bool eager) {
  const Batch data = made_up(5 * 8, 16, 4, 1);
  model.compile(classification(optimizers::RMSprop(), eager));
  model.fit(data.x, data.y, {.batch_size = 8, .epochs = 1, .verbose = 0, .shuffle = false});
}

}  // namespace

TEST_CASE("eager equals plan: an mlp", "[architecture]") { compare(small_mlp, fit_classes); }

TEST_CASE("eager equals plan: one BatchNormalization called twice, and Dropout", "[architecture]") {
  compare(shared_normalization, fit_classes);
}

TEST_CASE("eager equals plan: two inputs and two outputs by name, Adam", "[architecture]") {
  compare(two_inputs, [](Model& model, bool eager) {
    const Tensor words = random::randint({40, 6}, 0, 20, {.seed = 3}),
                 tags = random::uniform({40, 3}, {.seed = 4});
    const Tensor priority = random::randint({40, 1}, 0, 2, {.seed = 5}).astype("float32");
    const Tensor department = ops::one_hot(random::randint({40}, 0, 4, {.seed = 6}), 4);
    model.compile({.optimizer = optimizers::Adam({.learning_rate = 1e-2}),
                   .loss = {{"priority", losses::BinaryCrossentropy({.from_logits = true})},
                            {"department", losses::CategoricalCrossentropy({.from_logits = true})}},
                   .loss_weights = {{"priority", 1.0}, {"department", 0.2}},
                   .run_eagerly = eager});
    model.fit({{"words", words}, {"tags", tags}},
              {{"priority", priority}, {"department", department}},
              {.batch_size = 8, .verbose = 0, .shuffle = false});
  });
}

TEST_CASE("eager equals plan: a traced loop of one's own", "[architecture]") {
  const Batch data = made_up(8, 16, 4, 9);
  Model a = small_mlp(), b = small_mlp();
  b.set_weights(a.get_weights());
  losses::SparseCategoricalCrossentropy loss_fn({.from_logits = true});
  optimizers::SGD one({.learning_rate = 0.1, .momentum = 0.9}),
      two({.learning_rate = 0.1, .momentum = 0.9});
  const auto step = [&](const Model& model, const OptimizerRef& optimizer, const Tensor& x,
                        const Tensor& y) {
    GradientTape tape;
    Tensor loss = loss_fn(y, model(x, {.training = true}));
    optimizer.apply(tape.gradient(loss, model.trainable_weights()), model.trainable_weights());
    return loss;
  };
  auto planned = traced([&](const Tensor& x, const Tensor& y) { return step(b, two, x, y); });
  for (int i = 0; i < 5; ++i)
    CHECK(step(a, one, data.x, data.y).item() == planned(data.x, data.y).item());
  CHECK(planned.trace_count() == 1);
  CHECK(difference(state_of(a), state_of(b)) == "");
}

namespace {

// The gradients that an optimizer's op gets may be no values of their own: a number that is
// broadcast, or another variable's value. Too many elements for the pass that computes constants.
using LossOf = Tensor (*)(const std::vector<Variable>& variables);

void compare_steps(std::size_t variables, LossOf loss, const OptimizerRef& one,
                   const OptimizerRef& two) {
  std::vector<Variable> eager, planned;
  for (std::size_t i = 0; i < variables; ++i) {
    const Tensor first = random::normal({40'000}, {.seed = static_cast<std::int64_t>(i)});
    eager.emplace_back(first);
    planned.emplace_back(first);
  }
  const auto step = [&](const std::vector<Variable>& by, const OptimizerRef& optimizer) {
    GradientTape tape;
    const Tensor value = loss(by);
    optimizer.apply(tape.gradient(value, by), by);
    return value;
  };
  auto run = traced([&] { return step(planned, two); });
  for (int i = 0; i < 3; ++i) CHECK(step(eager, one).item() == run().item());
  for (std::size_t i = 0; i < variables; ++i) {
    INFO("variable " << i);
    const bool same = eager[i].value().to_vector<float>() == planned[i].value().to_vector<float>();
    CHECK(same);
  }
}

void compare_optimizers(std::size_t variables, LossOf loss) {
  const auto sgd = [] { return optimizers::SGD(0.1); };
  const auto momentum = [] { return optimizers::SGD({.learning_rate = 0.1, .momentum = 0.9}); };
  const auto adam = [] { return optimizers::Adam({.learning_rate = 0.1}); };
  compare_steps(variables, loss, sgd(), sgd());
  compare_steps(variables, loss, momentum(), momentum());
  compare_steps(variables, loss, adam(), adam());
}

}  // namespace

TEST_CASE("eager equals plan: a gradient that is one number", "[architecture]") {
  compare_optimizers(1, [](const std::vector<Variable>& v) { return ops::sum(v[0]); });
  compare_optimizers(
      2, [](const std::vector<Variable>& v) { return ops::sum(v[0]) + ops::mean(v[1]); });
}

TEST_CASE("eager equals plan: a gradient that is another variable's value", "[architecture]") {
  compare_optimizers(2, [](const std::vector<Variable>& v) { return ops::sum(v[0] * v[1]); });
}
