// The autoencoder of Keras's guide to the functional API, on MNIST: an encoder of an image to 16
// numbers and a decoder back, as models of their own, called as layers of a third. With --short it
// trains on a part of the data, once.
#include <weft/weft.h>

#include <cstdio>
#include <string_view>
using namespace weft;

namespace {

Model make_encoder() {
  Tensor inputs = Input({28, 28, 1}, {.name = "original_img"});
  Tensor x = layers::Conv2D(16, 3, {.activation = "relu"})(inputs);
  x = layers::Conv2D(32, 3, {.activation = "relu"})(x);
  x = layers::MaxPooling2D(3)(x);
  x = layers::Conv2D(32, 3, {.activation = "relu"})(x);
  x = layers::Conv2D(16, 3, {.activation = "relu"})(x);
  Tensor outputs = layers::GlobalMaxPooling2D()(x);
  return Model(inputs, outputs, {.name = "encoder"});
}

Model make_decoder() {
  Tensor inputs = Input({16}, {.name = "encoded_img"});
  Tensor x = layers::Reshape({4, 4, 1})(inputs);
  x = layers::Conv2DTranspose(16, 3, {.activation = "relu"})(x);
  x = layers::Conv2DTranspose(32, 3, {.activation = "relu"})(x);
  x = layers::UpSampling2D(3)(x);
  x = layers::Conv2DTranspose(16, 3, {.activation = "relu"})(x);
  Tensor outputs = layers::Conv2DTranspose(1, 3, {.activation = "relu"})(x);
  return Model(inputs, outputs, {.name = "decoder"});
}

// An image as characters, every second row: they are twice as high as wide.
void draw(const Tensor& image) {
  const std::vector<float> pixels = image.to_vector<float>();
  for (std::size_t row = 0; row < 28; row += 2) {
    for (std::size_t column = 0; column < 28; ++column) {
      const float v = pixels[row * 28 + column];
      std::putchar(v > 0.75f ? '#' : v > 0.5f ? '+' : v > 0.25f ? '.' : ' ');
    }
    std::putchar('\n');
  }
}

int run(bool short_run) {
  set_random_seed(812);
  auto [train, test] = datasets::mnist::load_data();
  Tensor x_train = train.x.reshape({-1, 28, 28, 1}).astype("float32") / 255.0f;
  Tensor x_test = test.x.reshape({-1, 28, 28, 1}).astype("float32") / 255.0f;
  if (short_run) {
    x_train = x_train[Slice{0, 1280}];
    x_test = x_test[Slice{0, 500}];
  }

  Model encoder = make_encoder(), decoder = make_decoder();
  Tensor input = Input({28, 28, 1}, {.name = "img"});
  Tensor encoded_img = encoder(input);
  Tensor decoded_img = decoder(encoded_img);
  Model autoencoder(input, decoded_img, {.name = "autoencoder"});
  autoencoder.summary({.expand_nested = true});

  autoencoder.compile({.optimizer = "adam", .loss = "mean_squared_error"});
  autoencoder.fit(x_train, x_train, {.batch_size = 64, .epochs = short_run ? 1 : 3});
  Logs scores = autoencoder.evaluate(x_test, x_test, {.batch_size = 64, .verbose = 2});

  // The encoder and the decoder share the weights that were trained.
  Tensor code = encoder.predict(x_test[Slice{0, 1}], {.verbose = 0});
  Tensor image = decoder.predict(code, {.verbose = 0});
  draw(x_test[0]);
  draw(image[0]);
  std::printf("Test loss: %.4f, each image of 784 numbers as %lld\n", scores["loss"],
              static_cast<long long>(code.shape()[1]));
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  return run(argc > 1 && std::string_view(argv[1]) == "--short");
} catch (const std::exception& e) {
  std::fprintf(stderr, "autoencoder: %s\n", e.what());
  return 1;
}
