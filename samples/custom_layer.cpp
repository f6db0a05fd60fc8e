// A layer and a model of one's own, trained on MNIST, saved and revived by name.
#include <weft/weft.h>

#include <cmath>
#include <cstdio>
#include <string_view>
using namespace weft;

namespace {

// y = x w + b, written by hand.
class CustomDense : public Layer {
 public:
  explicit CustomDense(int units = 32) : units_(units) {}
  explicit CustomDense(const Config& c)
      : CustomDense(c.get<int>("units")) {}  // how a file revives it
  void build(const Shape& input_shape) {
    w_ = add_weight(
        {.shape = {input_shape[-1], units_}, .initializer = "random_normal", .name = "w"});
    b_ = add_weight({.shape = {units_}, .initializer = "zeros", .name = "b"});
  }
  Tensor call(const Tensor& inputs) { return ops::matmul(inputs, w_) + b_; }
  Config get_config() const override { return {{"units", units_}}; }

 private:
  int units_;
  Variable w_, b_;
};

// Keras's `class MLP(keras.Model)`.
class MLP : public ModelLayer {
 public:
  Tensor call(const Tensor& x) { return b_(a_(x)); }

 private:
  layers::Dense a_ = track("a", layers::Dense(64, {.activation = "relu"}));
  layers::Dense b_ = track("b", layers::Dense(10));
};

void train(Model& model, const Tensor& x, const Tensor& y) {
  model.compile({.optimizer = "adam",
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true}),
                 .metrics = {"accuracy"}});
  model.fit(x, y, {.batch_size = 64, .epochs = 2, .verbose = 2});
}

void run(bool short_run) {
  auto [train_split, test_split] = datasets::mnist::load_data();
  const std::int64_t n = short_run ? 6000 : 60000;
  Tensor x = train_split.x[Slice{0, n}].reshape({-1, 784}).astype("float32") / 255.0f;
  Tensor y = train_split.y[Slice{0, n}];
  Tensor x_test = test_split.x.reshape({10000, 784}).astype("float32") / 255.0f;
  Tensor y_test = test_split.y;

  Tensor inputs = Input({784});
  Tensor hidden = layers::Activation("relu")(layer<CustomDense>(64)(inputs));
  Model model(inputs, layer<CustomDense>(10)(hidden), {.name = "custom"});
  model.summary();
  train(model, x, y);
  std::printf("custom layer: test accuracy %.4f\n",
              model.evaluate(x_test, y_test, {.verbose = 0})["accuracy"]);

  model.save("custom_layer.keras");
  Model again = load_model("custom_layer.keras",
                           {.custom_objects = {{"CustomDense", custom_object<CustomDense>()}}});
  const Tensor some = x_test[Slice{0, 100}];
  const Tensor difference = ops::max(ops::absolute(Tensor(again(some)) - Tensor(model(some))));
  std::printf("largest difference after saving and loading: %g\n", difference.item<double>());

  Model mlp = weft::model<MLP>();
  train(mlp, x, y);
  std::printf("subclassed model: test accuracy %.4f\n",
              mlp.evaluate(x_test, y_test, {.verbose = 0})["accuracy"]);
}

}  // namespace

int main(int argc, char** argv) try {
  run(argc > 1 && std::string_view(argv[1]) == "--short");
} catch (const std::exception& e) {
  std::fprintf(stderr, "custom_layer: %s\n", e.what());
  return 1;
}
