// What fit, evaluate and predict do beyond what the goldens compare.
#include <weft/weft.h>

#include <filesystem>
#include <thread>

#include "tests/harness/catch.h"
#include "tests/harness/paths.h"

using namespace weft;
using weft::test::temporary_dir;

namespace {

Model regression() {
  Tensor in = Input({3});
  Model model(in, layers::Dense(1)(in));
  model.compile(
      {.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mse", .metrics = {"mae"}});
  return model;
}

Tensor inputs(std::int64_t rows) { return random::uniform({rows, 3}, {.seed = 1}); }
Tensor targets(const Tensor& x) { return ops::sum(x, {.axis = 1, .keepdims = true}); }

std::vector<float> weights(const Model& model) {
  return Tensor(model.weights()[0]).to_vector<float>();
}

class Recorder : public Callback {
 public:
  std::vector<std::string> events;
  void on_train_begin(Logs&) override { events.push_back("begin"); }
  void on_train_end(Logs&) override { events.push_back("end"); }
  void on_epoch_begin(int epoch, Logs&) override {
    events.push_back("epoch " + std::to_string(epoch));
  }
  void on_epoch_end(int, Logs& logs) override {
    std::string names;
    for (const std::string& n : logs.names()) names += n + " ";
    events.push_back(names);
  }
  void on_train_batch_end(int batch, Logs& logs) override {
    events.push_back("batch " + std::to_string(batch) + (logs["loss"] >= 0 ? "" : "?"));
  }
  void on_test_begin(Logs&) override { events.push_back("test"); }
};

class StopAfter : public Callback {
 public:
  void on_train_batch_end(int batch, Logs&) override {
    if (batch == 1) model().stop_training();
  }
};

}  // namespace

TEST_CASE("callbacks are called in Keras's order, with sorted logs") {
  Model model = regression();
  const Tensor x = inputs(10);
  auto recorder = std::make_shared<Recorder>();
  model.fit(x, targets(x),
            {.batch_size = 4, .verbose = 0, .callbacks = {recorder}, .validation_split = 0.2});
  CHECK(recorder->events == std::vector<std::string>{"begin", "epoch 0", "batch 0", "batch 1",
                                                     "test", "loss mae val_loss val_mae ", "end"});
}

TEST_CASE("the history has what callbacks add to the logs, behind the sorted others") {
  struct RateLog : Callback {
    void on_epoch_end(int epoch, Logs& logs) override { logs.set("lr", Tensor(0.5F + epoch)); }
  };
  Model model = regression();
  model.compile(
      {.optimizer = "sgd", .loss = "mse", .metrics = {"mae"}, .weighted_metrics = Metrics{"mae"}});
  const Tensor x = inputs(10);
  const History history = model.fit(x, targets(x),
                                    {.epochs = 2,
                                     .verbose = 0,
                                     .callbacks = {std::make_shared<RateLog>()},
                                     .validation_split = 0.2});
  CHECK(history.history.names() == std::vector<std::string>{"loss", "mae", "val_loss", "val_mae",
                                                            "val_weighted_mae", "weighted_mae",
                                                            "lr"});
  CHECK(history.history["lr"] == std::vector<double>{0.5, 1.5});
}

TEST_CASE("stop_training ends the epoch after the batch at work") {
  Model model = regression();
  const Tensor x = inputs(40);
  const History history = model.fit(
      x, targets(x),
      {.batch_size = 4, .epochs = 5, .verbose = 0, .callbacks = {std::make_shared<StopAfter>()}});
  CHECK(history.epoch == std::vector<int>{0});
  CHECK(model.fit(x, targets(x), {.epochs = 2, .verbose = 0}).epoch.size() == 2);
}

TEST_CASE("the order of a shuffled run is a function of the seed") {
  const Tensor x = inputs(33);
  std::vector<std::vector<float>> results;
  for (std::int64_t seed : {3, 3, 4}) {
    set_random_seed(seed);
    Model model = regression();
    model.set_weights({ops::ones({3, 1}) * 0.5f, ops::zeros({1})});
    model.fit(x, targets(x), {.batch_size = 4, .epochs = 2, .verbose = 0});
    results.push_back(weights(model));
  }
  CHECK(results[0] == results[1]);
  CHECK(results[0] != results[2]);
}

TEST_CASE("evaluate has the loss first, and Logs are read by place and by name") {
  Model model = regression();
  const Tensor x = inputs(10);
  const Logs scores = model.evaluate(x, targets(x), {.verbose = 0});
  CHECK(scores.names() == std::vector<std::string>{"loss", "mae"});
  CHECK(scores[0] == scores["loss"]);
}

TEST_CASE("test_on_batch gives what evaluate gives of one batch, and changes nothing") {
  Model model = regression();
  const Tensor x = inputs(10), y = targets(x), weight = ops::arange(10);
  const std::vector<float> before = weights(model);
  const Logs scores = model.evaluate(x, y, {.verbose = 0});
  for (int i = 0; i < 2; ++i) {  // metrics begin anew with each call
    const Logs batch = model.test_on_batch(x, y);
    CHECK(batch.names() == std::vector<std::string>{"loss", "mae"});
    CHECK(batch["loss"] == Approx(scores["loss"]));
    CHECK(batch["mae"] == Approx(scores["mae"]));
  }
  CHECK(model.test_on_batch(x, y, weight)["loss"] ==
        Approx(model.evaluate(x, y, {.verbose = 0, .sample_weight = weight})["loss"]));
  CHECK(weights(model) == before);
  CHECK(model.optimizer()->iterations().item<int>() == 0);
}

TEST_CASE("predict has one row per sample whatever the batch size, on several threads at once") {
  Model model = regression();
  const Tensor x = inputs(23);
  const std::vector<float> expected =
      Tensor(model.predict(x, {.batch_size = 23, .verbose = 0})).to_vector<float>();
  CHECK(expected.size() == 23);
  std::vector<std::vector<float>> results(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 20; ++k)
        results[i] = Tensor(model.predict(x, {.batch_size = 4 + static_cast<int>(i), .verbose = 0}))
                         .to_vector<float>();
    });
  }
  for (std::thread& t : threads) t.join();
  for (const auto& r : results) {
    REQUIRE(r.size() == expected.size());
    for (std::size_t i = 0; i < r.size(); ++i) CHECK(r[i] == Approx(expected[i]).epsilon(1e-6));
  }
}

TEST_CASE("the learning rate is read and set after compile") {
  Model model = regression();
  model.optimizer().set_learning_rate(0.0);
  const std::vector<float> before = weights(model);
  const Tensor x = inputs(8);
  model.fit(x, targets(x), {.verbose = 0});
  CHECK(weights(model) == before);
  model.optimizer().set_learning_rate(0.5);
  CHECK(model.optimizer().learning_rate() == Approx(0.5));
  model.fit(x, targets(x), {.verbose = 0});
  CHECK(weights(model) != before);
}

TEST_CASE("steps_per_epoch goes on in the data where the epoch before stopped") {
  Model model = regression();
  const Tensor x = inputs(24);
  const History history =
      model.fit(x, targets(x), {.batch_size = 4, .epochs = 3, .verbose = 0, .steps_per_epoch = 2});
  CHECK(history.epoch.size() == 3);
}

TEST_CASE("EarlyStopping stops, and brings the best weights back") {
  Model model = regression();
  const Tensor x = inputs(16), y = targets(x);
  callbacks::EarlyStopping stop({.monitor = "loss", .patience = 2, .restore_best_weights = true});
  model.optimizer().set_learning_rate(1.5);  // diverges
  const History history =
      model.fit(x, y, {.batch_size = 16, .epochs = 30, .verbose = 0, .callbacks = {stop}});
  CHECK(history.epoch.size() < 30);
  CHECK(stop.stopped_epoch() == history.epoch.back());
  CHECK_THROWS_AS(callbacks::EarlyStopping({.mode = "up"}), Error);
}

TEST_CASE("ModelCheckpoint saves by epoch, and the best only") {
  const std::string folder = temporary_dir();
  Model model = regression();
  const Tensor x = inputs(16), y = targets(x);
  model.fit(
      x, y,
      {.epochs = 2,
       .verbose = 0,
       .callbacks = {callbacks::ModelCheckpoint(folder + "/{epoch:02d}.keras"),
                     callbacks::ModelCheckpoint(folder + "/best.keras",
                                                {.monitor = "loss", .save_best_only = true})}});
  CHECK(std::filesystem::exists(folder + "/01.keras"));
  CHECK(std::filesystem::exists(folder + "/best.keras"));
  Model second = load_model(folder + "/02.keras");
  CHECK(weights(second) == weights(model));
  CHECK_THROWS_AS(callbacks::ModelCheckpoint(folder + "/model.bin"), Error);
}

TEST_CASE("a frozen layer is not trained") {
  Tensor in = Input({3});
  layers::Dense hidden(4);
  Model model(in, layers::Dense(1)(hidden(in)));
  hidden->set_trainable(false);
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const std::vector<float> before = Tensor(hidden->kernel()).to_vector<float>();
  const Tensor x = inputs(8);
  model.fit(x, targets(x), {.verbose = 0});
  CHECK(Tensor(hidden->kernel()).to_vector<float>() == before);
  CHECK(model.trainable_weights().size() == 2);
}

TEST_CASE(
    "a Dataset's own batch size holds for both parts of a split, and callbacks keep their params") {
  struct Counter : Callback {
    int batches = 0, epochs = 0;
    void on_train_batch_end(int, Logs&) override { ++batches; }
    void on_epoch_end(int, Logs&) override { epochs = params().epochs; }
  };
  Model model = regression();
  const Tensor x = inputs(20);
  auto counter = std::make_shared<Counter>();
  model.fit(Dataset::from_tensors(x, targets(x)).batch(4),
            {.epochs = 2, .verbose = 0, .callbacks = {counter}, .validation_split = 0.2});
  CHECK(counter->batches == 8);
  CHECK(counter->epochs == 2);
  const Dataset weighted = Dataset::from_tensors(x, targets(x), ops::ones({20}));
  CHECK_THROWS_AS(model.fit(weighted, {.verbose = 0, .class_weight = {{0, 2.0}}}), Error);
  CHECK_THROWS_AS(model.evaluate(weighted, {.verbose = 0, .sample_weight = ops::ones({20})}),
                  Error);
}

TEST_CASE("run_eagerly: a step that keeps its batch keeps its values") {
  struct Keeper : ModelLayer {
    std::vector<Tensor> kept;
    Tensor call(const Tensor& x) { return d(x); }
    Logs train_step(const Tensors& x, const Tensors& y, const Tensors& w) override {
      kept.push_back(x);
      return ModelLayer::train_step(x, y, w);
    }
    layers::Dense d = track("d", layers::Dense(1));
  };
  Model model = weft::model<Keeper>();
  model.compile({.optimizer = "sgd", .loss = "mse", .run_eagerly = true});
  const Tensor x = inputs(8);
  model.fit(x, targets(x), {.batch_size = 4, .verbose = 0, .shuffle = false});
  const auto& kept = model.as<Keeper>()->kept;
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].to_vector<float>() == x[Slice{0, 4, {}}].to_vector<float>());
}
