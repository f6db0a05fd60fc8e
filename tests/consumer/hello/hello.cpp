// Hello, world: a model, and its first training step. What it costs to compile and to start is
// measured (scripts/check_compile_time.sh, run.sh).
#include <weft/weft.h>

#include <cstdio>

using namespace weft;

int main() {
  Tensor inputs = Input({784});
  Tensor x = layers::Dense(64, {.activation = "relu"})(inputs);
  Model model(inputs, layers::Dense(10)(x), {.name = "hello"});
  model.compile({.optimizer = "rmsprop",
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true})});
  History history = model.fit(random::uniform({64, 784}), random::randint({64}, 0, 10),
                              {.batch_size = 64, .verbose = 0});
  std::printf("weft %s, loss after one step: %.3f\n", std::string(version()).c_str(),
              history.history["loss"].back());
  return 0;
}
