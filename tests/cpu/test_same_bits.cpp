// set_deterministic(true): a whole training run has the same bits on any number of threads. The
// models are large enough that the kernels use them.
#include <weft/core/settings.h>
#include <weft/weft.h>

#include <cstring>
#include <vector>

#include "tests/harness/catch.h"
#include "tests/harness/keep_settings.h"

using namespace weft;

namespace {

struct Case {
  const char* name;
  Shape sample;
  int count;
  Tensor (*features)(const Tensor& in);
};

Tensor dense(const Tensor& in) {
  Tensor x = layers::Dense(130, {.activation = "relu"})(in);
  x = layers::BatchNormalization()(x);
  x = layers::Dense(70, {.activation = "tanh"})(layers::Dropout(0.1)(x));
  return layers::LayerNormalization()(x);
}
Tensor convolution(const Tensor& in) {
  Tensor x = layers::Conv2D(24, 3, {.activation = "relu"})(in);
  x = layers::MaxPooling2D(2)(layers::Conv2D(16, 3, {.padding = "same"})(x));
  x = layers::DepthwiseConv2D(3)(layers::BatchNormalization()(x));
  x = layers::Conv2DTranspose(8, 3, {.activation = "relu"})(x);
  return layers::GlobalAveragePooling2D()(layers::UpSampling2D(2)(x));
}
Tensor recurrence(const Tensor& in) {
  const Tensor x = layers::LSTM(48, {.return_sequences = true})(in);
  return layers::GRU(40)(x);
}
Tensor attention(const Tensor& in) {
  const Tensor x = layers::MultiHeadAttention(2, 16)({in, in});
  return layers::GlobalAveragePooling1D()(layers::LayerNormalization()(in + x));
}

/// All weights after some steps, and a prediction.
std::vector<std::vector<float>> trained(const Case& c, int threads) {
  set_num_threads(threads);
  set_random_seed(7);
  const Tensor in = Input(c.sample);
  Model model(in, layers::Dense(10, {.activation = "softmax"})(c.features(in)));
  model.compile({.optimizer = optimizers::Adam(),
                 .loss = losses::SparseCategoricalCrossentropy(),
                 .metrics = {"accuracy"}});
  Shape all{c.count};
  for (int i = 0; i < c.sample.rank(); ++i) all.push_back(c.sample[i]);
  const Tensor data = random::uniform(all, {.seed = 1});
  const Tensor labels = random::randint({c.count}, 0, 10, {.seed = 2});
  model.fit(data, labels, {.batch_size = c.count / 4, .epochs = 2, .verbose = 0});
  std::vector<std::vector<float>> out;
  for (const Tensor& w : model.get_weights()) out.push_back(w.to_vector<float>());
  const Tensor predicted = model.predict(data, {.verbose = 0});
  out.push_back(predicted.to_vector<float>());
  return out;
}

}  // namespace

TEST_CASE("under set_deterministic a training run has the same bits on 1, 2 and 3 threads",
          "[threads][architecture]") {
  const test::KeepSettings keep;
  set_deterministic(true);
  for (const Case& c :
       {Case{"dense", {100}, 512, dense}, Case{"convolution", {20, 18, 3}, 64, convolution},
        Case{"recurrence", {12, 30}, 256, recurrence},
        Case{"attention", {40, 32}, 128, attention}}) {
    const auto expected = trained(c, 1);
    for (const int threads : {2, 3}) {
      const auto received = trained(c, threads);
      REQUIRE(received.size() == expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(c.name, threads, i);
        REQUIRE(received[i].size() == expected[i].size());
        CHECK(std::memcmp(received[i].data(), expected[i].data(),
                          expected[i].size() * sizeof(float)) == 0);
      }
    }
  }
}
