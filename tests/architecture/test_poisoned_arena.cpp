// Test 4: dead memory is filled with NaN after each op, and the results stay as they are.
#include "graph/executor/step.hpp"
#include "tests/architecture/models.h"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::test;

namespace {

std::vector<std::vector<float>> train(bool poison) {
  set_random_seed(3);
  Model model = shared_normalization();
  executor::set_poison_dead_memory(poison);
  const Batch data = made_up(24, 16, 4, 2);
  model.compile(classification(optimizers::Adam()));
  model.fit(data.x, data.y, {.batch_size = 8, .epochs = 2, .verbose = 0, .shuffle = false});
  executor::set_poison_dead_memory(false);
  return state_of(model);
}

}  // namespace

TEST_CASE("poisoned dead memory changes nothing", "[architecture]") {
  CHECK(difference(train(true), train(false)) == "");
}

TEST_CASE("poison reaches a value that is read too late", "[architecture]") {
  // A plan whose memory plan is wrong by hand: the buffer of a value ends before its last use.
  executor::Step step([](const std::vector<Tensor>& in) -> executor::StepResult {
    const Tensor a = ops::matmul(in[0], in[0]);
    const Tensor b = ops::matmul(a, in[0]);
    return {{ops::matmul(a, b)}, {}};
  });
  const Tensor x = random::uniform({4, 4}, {.seed = 1});
  auto bound = step.bind({x});
  auto wrong = std::make_shared<plan::Plan>(bound->plan());
  for (plan::Buffer& buffer : wrong->memory.buffers) buffer.last = buffer.first;
  executor::BoundStep broken(wrong, std::make_shared<executor::ArenaPool>());
  broken.run({x}, {.poison = true});
  CHECK(std::isnan(broken.outputs()[0].to_vector<float>()[0]));
}
