// What fit, evaluate and predict say of bad arguments and bad data; and that nothing is lost by it.
#include <weft/weft.h>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::error_of;

namespace {

Model classifier() {
  Tensor in = Input({4}, {.name = "numbers"});
  Model model(in, layers::Dense(3, {.name = "logits"})(in), {.name = "classifier"});
  model.compile({.optimizer = "sgd",
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true}),
                 .metrics = {"accuracy"}});
  return model;
}

Tensor numbers(std::int64_t rows) { return random::uniform({rows, 4}, {.seed = 1}); }
Tensor labels(std::int64_t rows) { return random::randint({rows}, 0, 3, {.seed = 2}); }

class Thrower : public Callback {
 public:
  void on_epoch_end(int epoch, Logs&) override {
    if (epoch == 1) throw std::runtime_error("enough");
  }
};

class Branches : public Layer {
 public:
  using Layer::Layer;
  Tensor call(const Tensor& x) { return x.to_vector<float>()[0] > 0 ? x : -x; }
};

}  // namespace

TEST_CASE("fit before compile", "[errors]") {
  Tensor in = Input({4});
  Model model(in, layers::Dense(3)(in), {.name = "raw"});
  CHECK_THAT(error_of<GraphError>([&] { model.fit(numbers(4), labels(4)); }),
             Contains("Model 'raw'") && Contains("you must call `compile()`"));
  CHECK_THAT(error_of<GraphError>([&] { model.evaluate(numbers(4), labels(4)); }),
             Contains("evaluate()"));
  CHECK_THAT(error_of<GraphError>([&] { (void)model.optimizer(); }), Contains("compile"));
}

TEST_CASE("compile without a loss", "[errors]") {
  Tensor in = Input({4});
  Model model(in, layers::Dense(3)(in), {.name = "lossless"});
  model.compile({.optimizer = "sgd"});
  CHECK_THAT(error_of<GraphError>([&] { model.fit(numbers(4), labels(4), {.verbose = 0}); }),
             Contains("'lossless'") && Contains("no loss to compute"));
}

TEST_CASE("x and y of different lengths", "[errors]") {
  Model model = classifier();
  const std::string text =
      error_of<ShapeError>([&] { model.fit(numbers(6), labels(5), {.verbose = 0}); });
  CHECK_THAT(text, Contains("Data cardinality is ambiguous") && Contains("'x' sizes: 6") &&
                       Contains("'y' sizes: 5"));
}

TEST_CASE("an empty data set", "[errors]") {
  Model model = classifier();
  CHECK_THAT(error_of<Error>([&] {
               model.fit(ops::zeros({0, 4}), ops::zeros({0}, "int32"), {.verbose = 0});
             }),
             Contains("empty") && Contains("Received: 0 samples"));
  CHECK_THAT(error_of<Error>([&] { model.fit({}, {}, {.verbose = 0}); }), Contains("no inputs"));
}

TEST_CASE("labels out of range, and the weights stay", "[errors]") {
  Model model = classifier();
  const std::vector<float> before = Tensor(model.weights()[0]).to_vector<float>();
  const Tensor wrong = Tensor::from(std::vector<int>{0, 1, 7, 2});
  CHECK_THAT(error_of<Error>([&] { model.fit(numbers(4), wrong, {.verbose = 0}); }),
             Contains("7") && Contains("3"));
  CHECK(Tensor(model.weights()[0]).to_vector<float>() == before);
  model.fit(numbers(4), labels(4), {.verbose = 0});
}

// Everything that a step may change: weights, moving statistics, seeds, the optimizer's variables.
std::vector<std::vector<double>> state_of(const Model& model) {
  std::vector<std::vector<double>> all;
  const auto add = [&](const Variable& v) { all.push_back(Tensor(v).to_vector<double>()); };
  for (const AnyLayer& layer : model.layers()) {
    for (const Variable& v : layer->variables()) add(v);
  }
  for (const Variable& v : model.optimizer()->variables()) add(v);
  return all;
}

// A table of embeddings, statistics and a seed are in front of the loss that refuses.
Model stateful_classifier() {
  const Tensor in = Input({4}, {.dtype = "int32", .name = "ids"});
  Tensor x = layers::Flatten()(layers::Embedding(9, 2, {.name = "table"})(in));
  x = layers::Dropout(0.5)(layers::BatchNormalization({.name = "norm"})(x));
  Model model(in, layers::Dense(3, {.name = "logits"})(x), {.name = "stateful"});
  model.compile({.optimizer = "adam",
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true}),
                 .metrics = {"accuracy"}});
  return model;
}

TEST_CASE("a step that a label or an id out of range stops changes nothing", "[errors]") {
  Model model = stateful_classifier();
  const Tensor ids = random::randint({4, 4}, 0, 9, {.seed = 3});
  model.fit(ids, labels(4), {.verbose = 0});
  const auto before = state_of(model);
  const Tensor wrong_labels = Tensor::from(std::vector<int>{0, 1, 7, 2});
  CHECK_THAT(error_of<Error>([&] { model.fit(ids, wrong_labels, {.verbose = 0}); }),
             Contains("Received: 7"));
  CHECK(state_of(model) == before);
  const Tensor wrong_ids = Tensor::from(std::vector<int>(16, 9)).reshape({4, 4});
  CHECK_THAT(error_of<Error>([&] { model.fit(wrong_ids, labels(4), {.verbose = 0}); }),
             Contains("Received: 9"));
  CHECK(state_of(model) == before);
  model.fit(ids, labels(4), {.verbose = 0});
  CHECK(state_of(model) != before);
}

TEST_CASE("a step that the check for NaN stops changes nothing", "[errors]") {
  Model model = stateful_classifier();
  const Tensor ids = random::randint({4, 4}, 0, 9, {.seed = 3});
  model.fit(ids, labels(4), {.verbose = 0});
  Variable kernel = model.get_layer("logits")->weights()[0];
  kernel.assign(ops::full(kernel.shape(), std::numeric_limits<float>::quiet_NaN()));
  const auto statistics = [&] {
    return Tensor(model.get_layer("norm")->weights()[2]).to_vector<float>();
  };
  const std::vector<float> before = statistics();
  set_check_numerics(true);
  const std::string text = error_of<Error>([&] { model.fit(ids, labels(4), {.verbose = 0}); });
  set_check_numerics(false);
  CHECK_THAT(text, Contains("check_numerics") && Contains("logits"));
  CHECK(statistics() == before);
}

TEST_CASE("data of the wrong width", "[errors]") {
  Model model = classifier();
  const std::string text = error_of<ShapeError>([&] {
    model.predict(ops::ones({2, 5}), {.verbose = 0});
  });
  CHECK_THAT(text, Contains("classifier") && Contains("(None, 4)") && Contains("(2, 5)"));
}

TEST_CASE("arguments of fit out of range", "[errors]") {
  Model model = classifier();
  const auto fit = [&](FitOptions o) {
    o.verbose = 0;
    return error_of<Error>([&] { model.fit(numbers(4), labels(4), o); });
  };
  CHECK_THAT(fit({.batch_size = 0}), Contains("batch size must be at least 1"));
  CHECK_THAT(fit({.epochs = -1}), Contains("`epochs`"));
  CHECK_THAT(fit({.validation_split = 1.5}),
             Contains("`validation_split` must be between 0 and 1"));
  CHECK_THAT(fit({.validation_split = 0.999}), Contains("not sufficient to split"));
  CHECK_THAT(fit({.initial_epoch = -2}), Contains("`initial_epoch`"));
  CHECK_THAT(fit({.validation_freq = 0}), Contains("`validation_freq`"));
  CHECK_THAT(fit({.class_weight = {{0, 1.0}}, .sample_weight = ops::ones({4})}),
             Contains("`class_weight` and `sample_weight`"));
  CHECK_THAT(fit({.callbacks = {Ref<Callback>()}}), Contains("null"));
}

TEST_CASE("reading a value while tracing", "[errors]") {
  Tensor in = Input({4});
  const std::string text = error_of<GraphError>([&] { layer<Branches>({.name = "branches"})(in); });
  CHECK_THAT(text, Contains("A value was read while tracing") && Contains("branches") &&
                       Contains("ops::where"));
}

TEST_CASE("a callback that throws leaves the model and its history usable", "[errors]") {
  Model model = classifier();
  const FitOptions options = {
      .epochs = 4, .verbose = 0, .callbacks = {std::make_shared<Thrower>()}};
  CHECK_THROWS_AS(model.fit(numbers(8), labels(8), options), std::runtime_error);
  CHECK(model.history().history["loss"].size() == 2);
  CHECK(model.fit(numbers(8), labels(8), {.epochs = 2, .verbose = 0}).epoch ==
        std::vector<int>{0, 1});
}

TEST_CASE("a missing data set says where it was looked for", "[errors]") {
  const char* old = std::getenv("WEFT_DATA_DIR");
  const std::string saved = old != nullptr ? old : "";
  setenv("WEFT_DATA_DIR", "/nowhere/at/all", 1);
  setenv("KERAS_HOME", "/nowhere/keras", 1);
  // The source tree has it, if nothing else does: what the loader says when nothing has it is
  // tested where it looks.
  CHECK(datasets::mnist::load_data().first.y.size() == 60000);
  CHECK_THAT(error_of<FileError>([] { (void)load_model("/nowhere/at/all/model.keras"); }),
             Contains("/nowhere/at/all/model.keras"));
  setenv("WEFT_DATA_DIR", saved.c_str(), 1);
  unsetenv("KERAS_HOME");
}

TEST_CASE("null handles are named", "[errors]") {
  Model model;
  CHECK_THAT(error_of<GraphError>([&] { model.summary(); }), Contains("null Model"));
  Tensor t;
  CHECK_THAT(error_of<GraphError>([&] { (void)t.shape(); }), Contains("null Tensor"));
  layers::Dense dense;
  CHECK_THAT(error_of<GraphError>([&] { dense(ops::ones({1, 2})); }), Contains("Dense"));
  Callback callback;
  CHECK_THAT(error_of<GraphError>([&] { (void)callback.model(); }), Contains("callback"));
}

TEST_CASE("class_weight with several outputs", "[errors]") {
  Tensor in = Input({4});
  Model model(in, {layers::Dense(1)(in), layers::Dense(1)(in)});
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Tensor y = ops::ones({4, 1});
  CHECK_THAT(error_of<Error>([&] {
               model.fit(numbers(4), {y, y}, {.verbose = 0, .class_weight = {{0, 2.0}}});
             }),
             Contains("single output"));
}

TEST_CASE("targets under a name that no output has", "[errors]") {
  Model model = classifier();
  CHECK_THAT(error_of<GraphError>([&] {
               model.fit(numbers(4), {{"bogus", labels(4)}}, {.verbose = 0});
             }),
             Contains("bogus") && Contains("logits"));
}

TEST_CASE("data that are no data", "[errors]") {
  Model model = classifier();
  CHECK_THAT(error_of<GraphError>([&] { model.predict(Input({4}), {.verbose = 0}); }),
             Contains("Data must be concrete tensors"));
  const float one = 1;
  CHECK_THAT(error_of<ShapeError>([&] { Tensor::wrap(&one, {-1}); }),
             Contains("must not be negative"));
}

TEST_CASE("a traced function that calls itself", "[errors]") {
  std::optional<Function<Tensor(const Tensor&)>> f;
  f.emplace(traced([&](const Tensor& x) { return (*f)(x) + 1.0f; }));
  CHECK_THAT(error_of<GraphError>([&] { (*f)(Tensor::from({1.0f})); }), Contains("calls itself"));
}
