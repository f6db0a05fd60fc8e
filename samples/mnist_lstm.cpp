// An LSTM that reads a handwritten digit row by row, from top to bottom. With --short it trains on
// a part of the data.
#include <weft/weft.h>

#include <cstdio>
#include <string_view>
using namespace weft;

namespace {

void run(bool short_run) {
  auto [train, test] = datasets::mnist::load_data();
  Tensor x_train = train.x.astype("float32") / 255.0f, y_train = train.y;
  Tensor x_test = test.x.astype("float32") / 255.0f, y_test = test.y;
  if (short_run) {
    x_train = x_train[Slice{0, 4000}];
    y_train = y_train[Slice{0, 4000}];
    x_test = x_test[Slice{0, 2000}];
    y_test = y_test[Slice{0, 2000}];
  }

  Tensor rows = Input({28, 28}, {.name = "rows"});
  Tensor digits = layers::Dense(10)(layers::LSTM(128)(rows));
  Model model(rows, digits, {.name = "mnist_lstm"});
  model.summary();

  model.compile({.optimizer = optimizers::Adam(),
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true}),
                 .metrics = {"accuracy"}});
  model.fit(x_train, y_train, {.batch_size = 128, .epochs = short_run ? 1 : 3, .verbose = 2});
  Logs scores = model.evaluate(x_test, y_test, {.verbose = 0});
  std::printf("Test loss: %.17g\n", scores["loss"]);
  std::printf("Test accuracy: %.17g\n", scores["accuracy"]);

  model.save("mnist_lstm.keras");
  Model again = load_model("mnist_lstm.keras");
  const double difference = again.evaluate(x_test, y_test, {.verbose = 0})["loss"] - scores["loss"];
  std::printf("Saved mnist_lstm.keras; the loss of the model loaded from it differs by %g\n",
              difference);
}

}  // namespace

int main(int argc, char** argv) try {
  run(argc > 1 && std::string_view(argv[1]) == "--short");
} catch (const std::exception& e) {
  std::fprintf(stderr, "mnist_lstm: %s\n", e.what());
  return 1;
}
