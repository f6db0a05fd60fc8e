// Test 9: save, go on in a new process with shuffling and Dropout: equal to the bit to an
// uninterrupted run. This program is the new process too: it calls itself.
#include <cstdlib>

#include "tests/architecture/models.h"
#include "tests/harness/catch.h"
#include "tests/harness/keep_settings.h"
#include "tests/harness/paths.h"

using namespace weft;
using namespace weft::test;

namespace {

constexpr int first_epochs = 2, all_epochs = 4;

Model with_dropout() {
  set_random_seed(11);
  Model model = shared_normalization();
  model.compile(classification(optimizers::Adam({.learning_rate = 1e-2})));
  return model;
}

void train(Model& model, int from, int to) {
  const Batch data = made_up(50, 16, 4, 1);
  model.fit(data.x, data.y, {.batch_size = 8, .epochs = to, .verbose = 0, .initial_epoch = from});
}

}  // namespace

// Hidden: what the new process does. WEFT_RESUME names the folder.
TEST_CASE("the new process", "[.][resume-child]") {
  const std::string folder = std::getenv("WEFT_RESUME");
  set_random_seed(11);
  Model model = load_model(folder + "/half.keras");
  train(model, first_epochs, all_epochs);
  model.save(folder + "/resumed.keras");
}

TEST_CASE("a run that is resumed in a new process equals an uninterrupted one to the bit",
          "[architecture][resume]") {
  const std::string folder = temporary_dir();
  Model whole = with_dropout();
  train(whole, 0, all_epochs);
  Model half = with_dropout();
  train(half, 0, first_epochs);
  half.save(folder + "/half.keras");
  setenv("WEFT_RESUME", folder.c_str(), 1);
  REQUIRE(std::system(("'" + executable() + "' '[resume-child]' > /dev/null").c_str()) == 0);
  Model resumed = load_model(folder + "/resumed.keras");
  CHECK(difference(state_of(resumed), state_of(whole)) == "");
  CHECK(difference(state_of(resumed), state_of(half)) != "");
}

TEST_CASE("under set_deterministic one, two and three threads give the same bits",
          "[architecture]") {
  std::vector<std::vector<std::vector<float>>> states;
  const test::KeepSettings keep;
  set_deterministic(true);
  for (int threads : {1, 2, 3}) {
    set_num_threads(threads);
    Model model = with_dropout();
    train(model, 0, 1);
    states.push_back(state_of(model));
  }
  CHECK(difference(states[0], states[1]) == "");
  CHECK(difference(states[0], states[2]) == "");
}
