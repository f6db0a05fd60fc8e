// weft's files in real Keras, and the reverse. Needs a Python that can import keras:
// WEFT_KERAS_PYTHON, /opt/weft-venv,
// ~/.cache/weft-venv or python3; without one the tests say so and check nothing.
#include <weft/weft.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "tests/harness/catch.h"
#include "tests/harness/golden_case.hpp"
#include "tests/harness/process.h"

using namespace weft;
using namespace weft::test;

namespace {

constexpr int rows = 20;
constexpr double tolerance = 1e-5;

// The Python to use; empty when there is none.
const std::string& keras_python() {
  static const std::string found = [] {
    std::vector<std::string> candidates;
    if (const char* given = std::getenv("WEFT_KERAS_PYTHON")) candidates.emplace_back(given);
    candidates.emplace_back("/opt/weft-venv/bin/python");
    if (const char* home = std::getenv("HOME"))
      candidates.push_back(std::string(home) + "/.cache/weft-venv/bin/python");
    candidates.emplace_back("python3");
    for (const std::string& python : candidates) {
      if (python != "python3" && !std::filesystem::exists(python)) continue;
      const ProcessOptions options = {
          .environment = {{"KERAS_BACKEND", "jax"}, {"JAX_PLATFORMS", "cpu"}}};
      if (run_process({python, "-c", "import keras, jax, h5py"}, options).code == 0) return python;
    }
    return std::string();
  }();
  return found;
}

bool skip() {
  if (!keras_python().empty()) return false;
  std::printf(
      "SKIPPED: no Python here can import keras. Set WEFT_KERAS_PYTHON, or make /opt/weft-venv "
      "with keras, jax and h5py.\n");
  return true;
}

ProcessResult run_python(const std::string& script, const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {keras_python(), source_dir() + "/tests/exchange/" + script};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const ProcessResult result =
      run_process(command, {.environment = {{"KERAS_BACKEND", "jax"}, {"JAX_PLATFORMS", "cpu"}}});
  std::printf("%s", result.out.c_str());
  return result;
}

Tensor numbers(const Shape& shape, std::int64_t seed) {
  return random::normal(shape, {.seed = Seed(seed)});
}
Tensor labels(int classes, std::int64_t seed) {
  return random::randint({rows}, 0, classes, {.seed = Seed(seed)});
}

struct Case {
  std::string name;
  Model model;
  Tensors x, t;  // t empty: not compiled
};

Case mlp() {
  const Tensor inputs = Input({12});
  Tensor x = layers::Dense(8, {.activation = "relu"})(inputs);
  x = layers::Dense(8, {.activation = "relu"})(x);
  Model model(inputs, layers::Dense(4)(x), {.name = "mnist_model"});
  model.compile({.optimizer = optimizers::RMSprop(),
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true}),
                 .metrics = {"accuracy"}});
  return {"mlp", model, numbers({rows, 12}, 1), labels(4, 2)};
}

Case sequential() {
  Sequential model({Input({3, 4}), layers::Rescaling(0.5, {.offset = 0.1}),
                    layers::LayerNormalization(), layers::Reshape({4, 3}), layers::Flatten(),
                    layers::Dense(6, {.use_bias = false}), layers::BatchNormalization(),
                    layers::Activation("tanh"), layers::Dropout(0.25),
                    layers::Dense(2, {.activation = "softmax"})});
  model.compile(
      {.optimizer = optimizers::Adam(
           {.learning_rate = 0.01, .amsgrad = true, .weight_decay = 0.004, .use_ema = true}),
       .loss = "categorical_crossentropy",
       .metrics = {"accuracy"}});
  return {"sequential", model, numbers({rows, 3, 4}, 3), utils::to_categorical(labels(2, 4), 2)};
}

Case tickets() {
  const Tensor title = Input({5}, {.name = "title"}), tags = Input({3}, {.name = "tags"});
  const Tensor words = layers::Flatten()(layers::Embedding(9, 3)(title));
  const Tensor x = layers::concatenate({words, tags * 2.0 - 1});
  Model model({title, tags},
              {{"priority", layers::Dense(1, {.name = "priority"})(x)},
               {"department", layers::Dense(4, {.name = "department"})(x)}},
              {.name = "tickets"});
  model.compile(
      {.optimizer = optimizers::SGD(
           {.learning_rate = schedules::ExponentialDecay(0.05, 10, 0.9), .momentum = 0.9}),
       .loss = {{"priority", losses::BinaryCrossentropy({.from_logits = true})},
                {"department", losses::CategoricalCrossentropy({.from_logits = true})}},
       .loss_weights = {{"priority", 1.0}, {"department", 0.2}}});
  const Tensor words_in = random::randint({rows, 5}, 0, 9, {.seed = Seed(5)});
  return {"tickets",
          model,
          {{"title", words_in}, {"tags", numbers({rows, 3}, 6)}},
          {{"priority", labels(2, 7).reshape({rows, 1}).astype(DType::float32)},
           {"department", utils::to_categorical(labels(4, 8), 4)}}};
}

Case nested() {
  const Tensor inner_input = Input({4});
  const auto shared = layers::Dense(4, {.activation = "relu", .name = "shared"});
  const Model inner(inner_input, shared(shared(inner_input)), {.name = "inner"});
  const Tensor a = Input({4}, {.name = "a"}), b = Input({4}, {.name = "b"});
  const Tensor product = layers::Multiply()({Tensor(inner(b)), a});
  const Tensor x = layers::Add()({Tensor(inner(a)), product});
  const Model model({a, b},
                    {layers::Dense(2, {.name = "first"})(x), x.slice({All, Slice{1, 3, {}}})});
  return {"nested", model, {{"a", numbers({rows, 4}, 9)}, {"b", numbers({rows, 4}, 10)}}, {}};
}

void add_members(std::vector<Named<Tensor>>& arrays, const std::string& prefix,
                 const Tensors& values, const std::vector<std::string>& names) {
  if (values.is_dict()) {
    for (const std::string& key : values.keys())
      arrays.emplace_back(prefix + "/" + key, values[key]);
    return;
  }
  const std::vector<Tensor> flat = values.flat();
  for (std::size_t i = 0; i < flat.size(); ++i)
    arrays.emplace_back(flat.size() == 1 ? prefix : prefix + "/" + names[i], flat[i]);
}

void save_variables(const std::string& path, const std::vector<Variable>& variables) {
  std::vector<Named<Tensor>> arrays;
  for (const Variable& v : variables) arrays.emplace_back(std::to_string(arrays.size()), v.value());
  save_npz(path, Tensors(arrays));
}

// Trains a little where it is compiled, saves, and writes down what weft computes.
void write(const std::string& folder, Case c) {
  const std::string stem = folder + "/" + c.name;
  if (c.t.size() != 0) c.model.fit(c.x, c.t, {.batch_size = 8, .epochs = 2, .verbose = 0});
  c.model.save(stem + ".keras");
  std::vector<Named<Tensor>> arrays;
  add_members(arrays, "x", c.x, golden_input_names(c.model));
  add_members(arrays, "y", c.model.predict(c.x, {.verbose = 0}), golden_output_names(c.model));
  if (c.t.size() != 0) {
    add_members(arrays, "t", c.t, golden_output_names(c.model));
    save_variables(stem + ".opt.npz", c.model.optimizer()->variables());
  }
  save_npz(stem + ".npz", Tensors(arrays));
}

// A file of Keras: predictions, optimizer state, and one more epoch.
double check(const std::string& stem) {
  Model model = load_model(stem + ".keras");
  const GoldenArrays arrays(stem + ".npz");
  const Tensors x = arrays.inputs(model, "x");
  const std::vector<Tensor> y = model.predict(x, {.verbose = 0}).flat();
  const std::vector<std::string> names = golden_output_names(model);
  double worst = 0;
  for (std::size_t i = 0; i < y.size(); ++i)
    worst = std::max(worst, deviation(y[i], arrays.find(y.size() == 1 ? "y" : "y/" + names[i])));
  if (!model.compiled()) return worst;
  const GoldenArrays optimizer(stem + ".opt.npz"), final(stem + ".final.npz");
  const std::vector<Variable> variables = model.optimizer()->variables();
  CHECK(static_cast<int>(variables.size()) == optimizer.count(""));
  for (std::size_t i = 0; i < variables.size(); ++i)
    worst = std::max(worst, deviation(variables[i].value(), optimizer.find(std::to_string(i))));
  model.fit(x, arrays.targets(model, "t"), {.batch_size = 8, .verbose = 0, .shuffle = false});
  const std::vector<Variable> weights = model.weights();
  for (std::size_t i = 0; i < weights.size(); ++i)
    worst = std::max(worst, deviation(weights[i].value(), final.find(std::to_string(i))));
  for (std::size_t i = 0; i < variables.size(); ++i) {
    worst =
        std::max(worst, deviation(variables[i].value(), final.find("opt/" + std::to_string(i))));
  }
  return worst;
}

}  // namespace

TEST_CASE("Keras opens what weft saves, predicts the same and goes on training", "[golden]") {
  if (skip()) return;
  const std::string folder = temporary_dir();
  set_random_seed(1);
  for (const Case& c : {mlp(), sequential(), tickets(), nested()}) write(folder, c);
  const ProcessResult result = run_python("check_with_keras.py", {folder});
  INFO(result.out << result.err);
  CHECK(result.code == 0);
}

TEST_CASE("weft opens what Keras saves, predicts the same and goes on training the same",
          "[golden]") {
  if (skip()) return;
  const std::string folder = temporary_dir();
  const ProcessResult made = run_python("make_with_keras.py", {folder, "20261"});
  INFO(made.out << made.err);
  REQUIRE(made.code == 0);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".keras") continue;
    const std::string stem = folder + "/" + entry.path().stem().string();
    INFO(stem);
    const double worst = check(stem);
    std::printf("%s: within %.1e\n", entry.path().stem().c_str(), worst);
    CHECK(worst <= tolerance);
    ++files;
  }
  CHECK(files >= 4);
}
