// Test 10, as far as the CPU goes: another backend gets the same ops, and a plan says what it does.
// The out-of-tree op and layer are tests/consumer; that libweft has no CUDA symbol is checked by
// tests/structure.
#include "core/default_backend.hpp"
#include "graph/executor/step.hpp"
#include "graph/plan/dump.hpp"
#include "graph/trace/plan_trace.hpp"
#include "tests/architecture/models.h"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::test;

namespace {

// relu(x w + b), and b + 1 back into b.
executor::StepResult body(const std::vector<Tensor>& in, const Variable& w, Variable b) {
  const Tensor product =
      ops::matmul(in[0], w);  // apart: the order of a sum's operands is the compiler's
  const Tensor y = ops::relu(product + b);
  b.assign(b + 1.0f);
  return {{y}, {}};
}

}  // namespace

TEST_CASE("the dump of a plan, exactly", "[architecture]") {
  const Variable w(ops::ones({3, 2}), {.name = "w"}), b(ops::zeros({2}), {.name = "b"});
  setenv("WEFT_KERNEL", "reference", 1);  // others want workspaces, each machine's its own
  executor::Step step([&](const std::vector<Tensor>& in) { return body(in, w, b); });
  const auto bound = step.bind({ops::ones({4, 3})});
  const std::string dump = bound->plan().dump();
  const std::size_t kernels = dump.find("kernel of ");  // each device's own
  CHECK(dump.substr(0, kernels) ==
        "%0 = input 0 float32 (4, 3)\n"
        "%1 = read w float32 (3, 2)\n"
        "%2 = read b float32 (2,)\n"
        "%4 = constant float32 ()\n"
        "%3 = matmul(%0, %1, %2) float32 (4, 2) {'activation': 'relu'} @ output 0\n"
        "%5 = add(%2, %4) float32 (2,) @ b\n"
        "b <- %5\n"
        "return %3\n"
        "arena 0 bytes\n");
  CHECK(dump.find("kernel of %3: matmul/") == kernels);
  CHECK(dump.find("kernel of %5: add/") != std::string::npos);
  unsetenv("WEFT_KERNEL");
  CHECK(bound->plan().dot().find("digraph plan") == 0);
}

TEST_CASE("every op of a training step has the place and the layer that made it",
          "[architecture]") {
  Model model = small_mlp();
  model.compile(classification(optimizers::SGD()));
  const Batch data = made_up(8, 16, 4, 1);
  model.fit(data.x, data.y, {.batch_size = 8, .verbose = 0});
  const std::string dump = model.dump_plan();
  CHECK(dump.find("# " + model.name() + "/" + model.layers()[1]->name()) != std::string::npos);
  CHECK(dump.find(model.layers()[1]->name() + "/kernel <-") != std::string::npos);
  CHECK(dump.find("copy") ==
        std::string::npos);  // every update is computed right into its variable
}

TEST_CASE("WEFT_KERNEL=reference gives the same numbers within rounding", "[architecture]") {
  const Tensor a = random::uniform({33, 65}, {.seed = 1}),
               b = random::uniform({65, 17}, {.seed = 2});
  const auto run = [&] {
    executor::Step step([](const std::vector<Tensor>& in) -> executor::StepResult {
      return {{ops::matmul(in[0], in[1])}, {}};
    });
    const auto bound = step.bind({a, b});
    bound->run({a, b});
    return std::pair(bound->plan().reference_ops(), bound->outputs()[0].to_vector<double>());
  };
  const auto fast = run();
  setenv("WEFT_KERNEL", "reference", 1);
  const auto reference = run();
  unsetenv("WEFT_KERNEL");
  CHECK(reference.first == 1);
  for (std::size_t i = 0; i < fast.second.size(); ++i)
    CHECK(fast.second[i] == Approx(reference.second[i]).epsilon(1e-5));
}
