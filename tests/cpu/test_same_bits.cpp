// set_deterministic(true): a whole training run has the same bits on any number of threads.
#include <weft/core/settings.h>
#include <weft/weft.h>

#include <cstring>
#include <vector>

#include "tests/harness/catch.h"

using namespace weft;

namespace {

/// All weights after some steps on one, two, ... threads.
std::vector<std::vector<float>> weights_after_training(int threads) {
  set_num_threads(threads);
  set_random_seed(7);
  const Tensor in = Input({100});
  Tensor x = layers::Dense(130, {.activation = "relu"})(in);
  x = layers::BatchNormalization()(x);
  x = layers::Dense(70, {.activation = "tanh"})(layers::Dropout(0.1)(x));
  x = layers::LayerNormalization()(x);
  Model model(in, layers::Dense(10, {.activation = "softmax"})(x));
  model.compile({.optimizer = optimizers::Adam(),
                 .loss = losses::SparseCategoricalCrossentropy(),
                 .metrics = {"accuracy"}});
  const Tensor data = random::uniform({512, 100}, {.seed = 1});
  const Tensor labels = random::randint({512}, 0, 10, {.seed = 2});
  model.fit(data, labels, {.batch_size = 128, .epochs = 2, .verbose = 0});
  std::vector<std::vector<float>> out;
  for (const Tensor& w : model.get_weights()) out.push_back(w.to_vector<float>());
  const Tensor predicted = model.predict(data);
  out.push_back(predicted.to_vector<float>());
  return out;
}

}  // namespace

TEST_CASE("under set_deterministic a training run has the same bits on 1, 2 and 3 threads",
          "[threads][architecture]") {
  set_deterministic(true);
  const auto expected = weights_after_training(1);
  for (const int threads : {2, 3}) {
    const auto received = weights_after_training(threads);
    REQUIRE(received.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CAPTURE(threads, i);
      REQUIRE(received[i].size() == expected[i].size());
      CHECK(std::memcmp(received[i].data(), expected[i].data(),
                        expected[i].size() * sizeof(float)) == 0);
    }
  }
  set_deterministic(false);
  set_num_threads(0);
}
