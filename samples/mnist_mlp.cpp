// Keras's first example of the functional API: a small network that reads handwritten digits.
// With --short it trains on a part of the data.
#include <weft/weft.h>

#include <cstdio>
#include <string_view>
using namespace weft;

namespace {

void run(bool short_run) {
  auto [train, test] = datasets::mnist::load_data();
  Tensor x_train = train.x.reshape({60000, 784}).astype("float32") / 255.0f;
  Tensor x_test = test.x.reshape({10000, 784}).astype("float32") / 255.0f;
  Tensor y_train = train.y, y_test = test.y;
  if (short_run) {
    x_train = x_train[Slice{0, 6000}];
    y_train = y_train[Slice{0, 6000}];
  }

  Tensor inputs = Input({784});
  Tensor x = layers::Dense(64, {.activation = "relu"})(inputs);
  x = layers::Dense(64, {.activation = "relu"})(x);
  Tensor outputs = layers::Dense(10)(x);
  Model model(inputs, outputs, {.name = "mnist_model"});
  model.summary();
  plot_model(model, "my_first_model.png", {.show_shapes = true});

  model.compile({.optimizer = optimizers::RMSprop(),
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true}),
                 .metrics = {"accuracy"}});
  model.fit(x_train, y_train, {.batch_size = 64, .epochs = 2, .validation_split = 0.2});
  Logs scores = model.evaluate(x_test, y_test, {.verbose = 2});
  std::printf("Test loss: %.17g\n", scores["loss"]);
  std::printf("Test accuracy: %.17g\n", scores["accuracy"]);

  model.save("my_model.keras");
  Model again = load_model("my_model.keras");
  const double difference = again.evaluate(x_test, y_test, {.verbose = 0})["loss"] - scores["loss"];
  std::printf("Saved my_model.keras; the loss of the model loaded from it differs by %g\n",
              difference);
}

}  // namespace

int main(int argc, char** argv) try {
  run(argc > 1 && std::string_view(argv[1]) == "--short");
} catch (const std::exception& e) {
  std::fprintf(stderr, "mnist_mlp: %s\n", e.what());
  return 1;
}
