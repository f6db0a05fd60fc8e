// The small residual network of Keras's guide to the functional API, on CIFAR-10 (the part of it
// that comes with weft, or all of it where it is found). With --short it trains for one epoch on a
// part.
#include <weft/weft.h>

#include <cstdio>
#include <string_view>
using namespace weft;

namespace {

Model make_model() {
  Tensor inputs = Input({32, 32, 3}, {.name = "img"});
  Tensor x = layers::Conv2D(32, 3, {.activation = "relu"})(inputs);
  x = layers::Conv2D(64, 3, {.activation = "relu"})(x);
  Tensor block_1 = layers::MaxPooling2D(3)(x);

  x = layers::Conv2D(64, 3, {.padding = "same", .activation = "relu"})(block_1);
  x = layers::Conv2D(64, 3, {.padding = "same", .activation = "relu"})(x);
  Tensor block_2 = layers::add({x, block_1});

  x = layers::Conv2D(64, 3, {.padding = "same", .activation = "relu"})(block_2);
  x = layers::Conv2D(64, 3, {.padding = "same", .activation = "relu"})(x);
  Tensor block_3 = layers::add({x, block_2});

  x = layers::Conv2D(64, 3, {.activation = "relu"})(block_3);
  x = layers::GlobalAveragePooling2D()(x);
  x = layers::Dense(256, {.activation = "relu"})(x);
  x = layers::Dropout(0.5)(x);
  Tensor outputs = layers::Dense(10)(x);
  return Model(inputs, outputs, {.name = "toy_resnet"});
}

int run(bool short_run) {
  set_random_seed(812);
  auto [train, test] = datasets::cifar10::load_data();
  if (short_run) {
    train = {train.x[Slice{0, 640}], train.y[Slice{0, 640}]};
    test = {test.x[Slice{0, 200}], test.y[Slice{0, 200}]};
  }
  Tensor x_train = train.x.astype("float32") / 255.0f;
  Tensor x_test = test.x.astype("float32") / 255.0f;
  Tensor y_train = utils::to_categorical(train.y, 10);
  Tensor y_test = utils::to_categorical(test.y, 10);

  Model model = make_model();
  model.summary();
  model.compile({.optimizer = optimizers::RMSprop({.learning_rate = 1e-3}),
                 .loss = losses::CategoricalCrossentropy({.from_logits = true}),
                 .metrics = {"accuracy"}});
  model.fit(x_train, y_train,
            {.batch_size = 64, .epochs = short_run ? 1 : 12, .validation_split = 0.2});
  Logs scores = model.evaluate(x_test, y_test, {.verbose = 2});
  std::printf("Trained on %lld images. Test loss: %.4f\n",
              static_cast<long long>(x_train.shape()[0]), scores["loss"]);
  std::printf("Test accuracy: %.4f\n", scores["accuracy"]);
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  return run(argc > 1 && std::string_view(argv[1]) == "--short");
} catch (const std::exception& e) {
  std::fprintf(stderr, "toy_resnet: %s\n", e.what());
  return 1;
}
