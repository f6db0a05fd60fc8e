// Training on a CUDA device, the machine's or the emulated one, beside the same training on the
// CPU.
#include <weft/core/backend.h>
#include <weft/core/device.h>

#include <cstdlib>
#include <functional>

#include "core/memory_stats.hpp"
#include "tests/architecture/models.h"
#include "tests/harness/catch.h"
#include "tests/harness/on_device.h"
#include "tests/harness/paths.h"
#include "tests/harness/process.h"

using namespace weft;
using namespace weft::test;

namespace {

Model normalized_convolutions() {
  Tensor in = Input({8, 8, 3});
  Tensor x = layers::Conv2D(6, 3, {.padding = "same", .activation = "relu"})(in);
  x = layers::BatchNormalization()(x);
  x = layers::MaxPooling2D()(x);
  x = layers::Conv2D(4, 3, {.strides = 2})(x);
  return Model(in, layers::Dense(4)(layers::Flatten()(x)));
}

Model masked_lstm() {
  Tensor in = Input({None});
  Tensor x = layers::Embedding(12, 5, {.mask_zero = true})(in);
  return Model(in, layers::Dense(4)(layers::LSTM(6)(x)));
}

struct Case {
  const char* name;
  std::function<Model()> model;
  Batch data;
};

std::vector<Case> cases() {
  return {
      {"mlp", small_mlp, made_up(16, 16, 4, 1)},
      {"convolutions with BatchNormalization",
       normalized_convolutions,
       {random::uniform({16, 8, 8, 3}, {.seed = 3}), random::randint({16}, 0, 4, {.seed = 4})}},
      {"masked LSTM",
       masked_lstm,
       {random::randint({16, 7}, 0, 12, {.seed = 5}), random::randint({16}, 0, 4, {.seed = 6})}}};
}

/// The weights after two steps on a device, begun from `weights`.
std::vector<std::vector<double>> two_steps(const Case& c, const std::vector<Tensor>& weights,
                                           const std::string& where) {
  const OnDevice scope(where);
  Model model = c.model();
  model.set_weights(weights);
  model.compile(classification(optimizers::SGD({.learning_rate = 0.1, .momentum = 0.9})));
  model.fit(c.data.x, c.data.y, {.batch_size = 8, .epochs = 1, .verbose = 0, .shuffle = false});
  std::vector<std::vector<double>> out;
  for (const Tensor& w : model.get_weights()) out.push_back(w.to_vector<double>());
  return out;
}

class CountAllocations : public Callback {
 public:
  std::vector<std::uint64_t> after_step;
  void on_train_batch_end(int, Logs&) override { after_step.push_back(detail::allocation_count()); }
};

}  // namespace

TEST_CASE("two steps of training agree with the CPU", "[device]") {
  for (const Case& c : cases()) {
    INFO(c.name);
    std::vector<Tensor> weights;
    {
      const OnDevice scope("cpu");
      set_random_seed(5);
      weights = c.model().get_weights();
    }
    const auto expected = two_steps(c, weights, "cpu"), received = two_steps(c, weights, "cuda:0");
    REQUIRE(received.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      double largest = 0, difference = 0;
      for (std::size_t k = 0; k < expected[i].size(); ++k) {
        largest = std::max(largest, std::abs(expected[i][k]));
        difference = std::max(difference, std::abs(expected[i][k] - received[i][k]));
      }
      INFO("weight " << i << " of " << expected.size());
      CHECK(difference <= 1e-5 * largest);
    }
  }
}

TEST_CASE("a model stays where it was made", "[device]") {
  Model model;
  {
    const OnDevice scope("cuda:0");
    model = small_mlp();
  }
  const OnDevice scope("cpu");
  const Batch data = made_up(8, 16, 4, 1);
  CHECK(data.x.device() == "cpu");
  CHECK(Tensor(model.predict(data.x)).device() == "cuda:0");
  model.compile(classification(optimizers::SGD()));
  model.fit(data.x, data.y, {.batch_size = 4, .epochs = 1, .verbose = 0});
  for (const Variable& v : model.weights()) CHECK(Tensor(v).device() == "cuda:0");
}

TEST_CASE("no step allocates on the device", "[device]") {
  const OnDevice scope("cuda:0");
  Model model = small_mlp();
  model.compile(classification(optimizers::Adam()));
  const Batch data = made_up(64, 16, 4, 1);
  const auto counts = std::make_shared<CountAllocations>();
  model.fit(data.x, data.y, {.batch_size = 8, .epochs = 1, .verbose = 0, .callbacks = {counts}});
  REQUIRE(counts->after_step.size() == 8);
  CHECK(counts->after_step[7] == counts->after_step[2]);
}

TEST_CASE("a label out of range is refused by name, and the weights stay", "[device][errors]") {
  const OnDevice scope("cuda:0");
  set_random_seed(3);
  Model model = small_mlp();
  model.compile(classification(optimizers::SGD({.learning_rate = 0.1})));
  Batch data = made_up(8, 16, 4, 1);
  const auto before = state_of(model);
  std::vector<int> labels(8, 1);
  labels[5] = 7;
  std::string text;
  try {
    model.fit(data.x, Tensor::from(labels),
              {.batch_size = 8, .epochs = 1, .verbose = 0, .shuffle = false});
  } catch (const Error& error) {
    text = error.what();
  }
  CHECK_THAT(text, Catch::Matchers::Contains("a label is out of range"));
  CHECK_THAT(text, Catch::Matchers::Contains("Received: 7 at row 5"));
  const auto after = state_of(model);
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(after[i] == before[i]);
  // The device goes on.
  model.fit(data.x, data.y, {.batch_size = 8, .epochs = 1, .verbose = 0});
  CHECK(state_of(model)[0] != before[0]);
}

TEST_CASE("a tensor larger than the device is refused, and work goes on", "[device][errors]") {
  const OnDevice scope("cuda:0");
  CHECK_THROWS_AS(ops::zeros({1 << 20, 1 << 20}), OutOfMemory);
  CHECK(ops::sum(ops::ones({100})).item<float>() == 100.f);
}

TEST_CASE("an unknown device and an index too large are refused", "[device][errors]") {
  CHECK_THROWS_WITH(set_device("tpu:0"), Catch::Matchers::Contains("There is no device 'tpu:0'"));
  CHECK_THROWS_WITH(set_device("cuda:99"),
                    Catch::Matchers::Contains("There is no device 'cuda:99'"));
}

// Hidden: trains for 20 steps and writes the weights to WEFT_DEVICE_RUN.
TEST_CASE("the run of a new process", "[.][device-child]") {
  const char* file = std::getenv("WEFT_DEVICE_RUN");
  REQUIRE(file != nullptr);
  set_random_seed(11);
  Model model = shared_normalization();
  model.compile(classification(optimizers::Adam({.learning_rate = 1e-2})));
  const Batch data = made_up(160, 16, 4, 1);
  model.fit(data.x, data.y, {.batch_size = 8, .epochs = 1, .verbose = 0});
  model.save(file);
}

TEST_CASE("20 steps are the same bits captured, not captured, and fed by a ring", "[device]") {
  const std::string folder = temporary_dir();
  const auto weights = [&](const std::string& name,
                           const std::vector<std::pair<std::string, std::string>>& environment) {
    const std::string file = folder + "/" + name + ".keras";
    auto all = environment;
    all.emplace_back("WEFT_DEVICE_RUN", file);
    all.emplace_back("WEFT_DEVICE", "cuda:0");
    const ProcessResult run =
        run_process({executable(), "the run of a new process"}, {.environment = all});
    INFO(run.out << run.err);
    REQUIRE(run.code == 0);
    return state_of(load_model(file));
  };
  const auto captured = weights("captured", {});
  CHECK(difference(captured, weights("plain", {{"WEFT_CUDA_GRAPH", "0"}})) == "");
  CHECK(difference(captured, weights("ring", {{"WEFT_DEVICE_DATA_BYTES", "0"}})) == "");
}
