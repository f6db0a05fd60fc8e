// A training loop of one's own: gradients from a tape, op by op; then the same code lowered once
// into a plan.
#include <weft/weft.h>

#include <chrono>
#include <cstdio>
#include <string_view>
using namespace weft;

namespace {

Model make_model() {
  Tensor inputs = Input({784});
  Tensor x = layers::Dense(64, {.activation = "relu"})(inputs);
  return Model(inputs, layers::Dense(10)(x));
}

struct Trainer {
  Model model = make_model();
  optimizers::SGD optimizer = optimizers::SGD({.learning_rate = 0.1});
  losses::SparseCategoricalCrossentropy loss_fn =
      losses::SparseCategoricalCrossentropy({.from_logits = true});

  Tensor step(const Tensor& x, const Tensor& y) {
    GradientTape tape;
    Tensor loss = loss_fn(y, model(x, {.training = true}));
    optimizer.apply(tape.gradient(loss, model.trainable_weights()), model.trainable_weights());
    return loss;
  }
};

template <class Step>
double run_epoch(const char* name, Step step, const Tensor& x, const Tensor& y) {
  constexpr std::int64_t batch = 64;
  const auto start = std::chrono::steady_clock::now();
  const std::int64_t batches = x.shape()[0] / batch;
  double total = 0;
  for (std::int64_t i = 0; i < batches; ++i) {
    const Slice rows{i * batch, (i + 1) * batch, {}};
    total += step(x[rows], y[rows]).template item<double>();
  }
  const double ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  std::printf("%-16s mean loss %.6f, %.3f ms per step\n", name,
              total / static_cast<double>(batches), ms / static_cast<double>(batches));
  return total;
}

void run(bool short_run) {
  auto [train, test] = datasets::mnist::load_data();
  const std::int64_t n = short_run ? 6400 : 60000;
  Tensor x = train.x[Slice{0, n}].reshape({-1, 784}).astype("float32") / 255.0f;
  Tensor y = train.y[Slice{0, n}];

  Trainer eager, planned;
  planned.model.set_weights(eager.model.get_weights());
  const double a = run_epoch(
      "GradientTape", [&](const Tensor& xb, const Tensor& yb) { return eager.step(xb, yb); }, x, y);
  auto step = traced([&](const Tensor& xb, const Tensor& yb) { return planned.step(xb, yb); });
  const double b = run_epoch("traced", step, x, y);
  std::printf("the two runs differ by %g\n", a - b);
  if (a != b) throw Error("the traced step does not do what the eager one does");
}

}  // namespace

int main(int argc, char** argv) try {
  run(argc > 1 && std::string_view(argv[1]) == "--short");
} catch (const std::exception& e) {
  std::fprintf(stderr, "custom_loop: %s\n", e.what());
  return 1;
}
