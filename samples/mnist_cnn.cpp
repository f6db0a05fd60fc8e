// Keras's convolutional network for MNIST: 0.988 and more of the test digits after three epochs.
// With --short it trains on a part of the data, once.
#include <weft/weft.h>

#include <cstdio>
#include <string_view>
using namespace weft;

namespace {

int run(bool short_run) {
  set_random_seed(812);
  auto [train, test] = datasets::mnist::load_data();
  Tensor x_train = train.x.reshape({-1, 28, 28, 1}).astype("float32") / 255.0f;
  Tensor x_test = test.x.reshape({-1, 28, 28, 1}).astype("float32") / 255.0f;
  Tensor y_train = train.y, y_test = test.y;
  if (short_run) {
    x_train = x_train[Slice{0, 2560}];
    y_train = y_train[Slice{0, 2560}];
    x_test = x_test[Slice{0, 1000}];
    y_test = y_test[Slice{0, 1000}];
  }

  Tensor inputs = Input({28, 28, 1});
  Tensor x = layers::Conv2D(32, 3, {.activation = "relu"})(inputs);
  x = layers::Conv2D(64, 3, {.activation = "relu"})(x);
  x = layers::MaxPooling2D(2)(x);
  x = layers::Dropout(0.25)(x);
  x = layers::Flatten()(x);
  x = layers::Dense(128, {.activation = "relu"})(x);
  x = layers::Dropout(0.5)(x);
  Tensor outputs = layers::Dense(10, {.activation = "softmax"})(x);
  Model model(inputs, outputs, {.name = "mnist_cnn"});
  model.summary();

  model.compile({.optimizer = "adam",
                 .loss = losses::SparseCategoricalCrossentropy(),
                 .metrics = {"accuracy"}});
  model.fit(x_train, y_train, {.batch_size = 128, .epochs = short_run ? 1 : 3});
  Logs scores = model.evaluate(x_test, y_test, {.batch_size = 128, .verbose = 2});
  std::printf("Test loss: %.4f\n", scores["loss"]);
  std::printf("Test accuracy: %.4f\n", scores["accuracy"]);
  const double expected = short_run ? 0.7 : 0.988;
  if (scores["accuracy"] >= expected) return 0;
  std::fprintf(stderr, "mnist_cnn: expected an accuracy of at least %g\n", expected);
  return 1;
}

}  // namespace

int main(int argc, char** argv) try {
  return run(argc > 1 && std::string_view(argv[1]) == "--short");
} catch (const std::exception& e) {
  std::fprintf(stderr, "mnist_cnn: %s\n", e.what());
  return 1;
}
