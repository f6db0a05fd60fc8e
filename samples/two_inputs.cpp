// Several inputs and outputs by name, on MNIST: two digits are shown, the model says what each is,
// and which is larger.
#include <weft/weft.h>

#include <cstdio>
#include <string_view>
using namespace weft;

namespace {

struct Pairs {
  Tensor left, right, left_digit, right_digit, larger;
};

// Digit i beside digit n - 1 - i.
Pairs make_pairs(const Tensor& images, const Tensor& labels, std::int64_t n) {
  Pairs p;
  p.left = images[Slice{0, n}].reshape({-1, 784}).astype("float32") / 255.0f;
  p.right = ops::flip(p.left, 0);
  p.left_digit = labels[Slice{0, n}];
  p.right_digit = ops::flip(p.left_digit, 0);
  p.larger = (p.left_digit.astype("float32") > p.right_digit.astype("float32"))
                 .astype("float32")
                 .reshape({-1, 1});
  return p;
}

void run(bool short_run) {
  auto [train, test] = datasets::mnist::load_data();
  const Pairs data = make_pairs(train.x, train.y, short_run ? 6000 : 60000);
  const Pairs check = make_pairs(test.x, test.y, 10000);

  Tensor left = Input({784}, {.name = "left"}), right = Input({784}, {.name = "right"});
  layers::Dense eye(64, {.activation = "relu",
                         .name = "eye"});  // shared: both digits are seen by the same weights
  Tensor seen_left = eye(left), seen_right = eye(right);
  layers::Dense digit(10, {.name = "digit"});
  Tensor both = layers::concatenate({seen_left, seen_right});
  Tensor larger =
      layers::Dense(1, {.name = "larger_logit"})(layers::Dense(32, {.activation = "relu"})(both));
  Model model(
      {left, right},
      {{"left_digit", digit(seen_left)}, {"right_digit", digit(seen_right)}, {"larger", larger}});
  model.summary();

  model.compile(
      {.optimizer = optimizers::Adam({.learning_rate = 1e-3}),
       .loss = {{"left_digit", losses::SparseCategoricalCrossentropy({.from_logits = true})},
                {"right_digit", losses::SparseCategoricalCrossentropy({.from_logits = true})},
                {"larger", losses::BinaryCrossentropy({.from_logits = true})}},
       .loss_weights = {{"left_digit", 0.5}, {"right_digit", 0.5}, {"larger", 1.0}},
       .metrics = {{"left_digit", "accuracy"}, {"right_digit", "accuracy"}}});
  model.fit(
      {{"left", data.left}, {"right", data.right}},
      {{"left_digit", data.left_digit}, {"right_digit", data.right_digit}, {"larger", data.larger}},
      {.batch_size = 64, .epochs = 2, .verbose = 2});
  Logs scores = model.evaluate({{"left", check.left}, {"right", check.right}},
                               {{"left_digit", check.left_digit},
                                {"right_digit", check.right_digit},
                                {"larger", check.larger}},
                               {.verbose = 0});
  for (const std::string& name : scores.names())
    std::printf("%s: %.4f\n", name.c_str(), scores[name]);
}

}  // namespace

int main(int argc, char** argv) try {
  run(argc > 1 && std::string_view(argv[1]) == "--short");
} catch (const std::exception& e) {
  std::fprintf(stderr, "two_inputs: %s\n", e.what());
  return 1;
}
