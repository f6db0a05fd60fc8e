// A program outside weft's tree: its own op and layer, in eager code, under a tape, in a plan, in a
// trained model and in a file. Exits 1 with a sentence at the first thing that does not hold.
#include <cstdio>
#include <cstdlib>

#include "cubic_layer.h"

using namespace weft;

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::printf("does not hold: %s\n", what);
  std::exit(1);
}

void use_op() {
  const Tensor x = Tensor::of({-2.0f, 0.5f, 3.0f});
  require(consumer::cube(x).to_vector<float>() == std::vector<float>{-8.0f, 0.125f, 27.0f},
          "cube of numbers");

  GradientTape tape;
  tape.watch(x);
  const Tensor sum = ops::sum(consumer::cube(x));
  const std::vector<Tensor> gradient = tape.gradient(sum, std::vector<Tensor>{x});
  require(gradient[0].to_vector<float>() == std::vector<float>{12.0f, 0.75f, 27.0f},
          "gradient 3 x²");

  auto planned = traced([](const Tensor& t) { return consumer::cube(t) * 2; });
  require(planned(x).to_vector<float>() == std::vector<float>{-16.0f, 0.25f, 54.0f},
          "cube in a plan");
}

/// The mean absolute value of a - b.
float distance(const Tensor& a, const Tensor& b) {
  return ops::mean(ops::abs(a - b)).item<float>();
}

void train_model() {
  set_random_seed(7);
  const Tensor x = random::uniform({256, 4}, {.minval = -1.0});
  const Tensor y = ops::matmul(x * x * x, Tensor::of({{1.0f}, {-2.0f}, {0.5f}, {3.0f}})) + 0.25;

  const Tensor inputs = Input({4});
  Model model(inputs, layer<consumer::Cubic>(1, {.name = "cubic"})(inputs));
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.05}), .loss = "mse"});
  const float before = model.evaluate(x, y, {.verbose = 0})["loss"];
  model.fit(x, y, {.batch_size = 32, .epochs = 30, .verbose = 0});
  const float after = model.evaluate(x, y, {.verbose = 0})["loss"];
  std::printf("loss %.4f before, %.6f after training\n", before, after);
  require(after < 0.01f * before, "training reaches the cubic function");

  model.save("consumer.keras");
  Model again = load_model(
      "consumer.keras", {.custom_objects = {{"consumer>Cubic", custom_object<consumer::Cubic>()}}});
  require(distance(model.predict(x, {.verbose = 0}), again.predict(x, {.verbose = 0})) == 0.0f,
          "the model from the file predicts the same");
}

void read_mnist() {  // from the installed share folder: no variable names another
  const auto [train, test] = datasets::mnist::load_data();
  require(train.x.shape() == Shape{60000, 28, 28} && test.y.size() == 10000, "MNIST is whole");
}

}  // namespace

int main() {
  require(version() == "0.1.0" && WEFT_VERSION == 100, "headers and library are of one version");
  use_op();
  train_model();
  read_mnist();
  std::printf("weft %s serves the consumer\n", std::string(version()).c_str());
  return 0;
}
