// Profiles, memory reports, explanations of plans, and the search for the first NaN.
#include <weft/weft.h>

#include "io/atomic_file.hpp"
#include "io/json.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/paths.h"

using namespace weft;
using namespace weft::test;
using Catch::Matchers::Contains;

namespace {

Model classifier() {
  Tensor in = Input({8});
  Tensor x = layers::Dense(16, {.activation = "relu", .name = "hidden"})(in);
  Model model(in, layers::Dense(3, {.name = "logits"})(x), {.name = "net"});
  model.compile({.optimizer = "adam",
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true}),
                 .metrics = {"accuracy"}});
  return model;
}

}  // namespace

TEST_CASE("profile names kernels and layers, writes a Chrome trace, and leaves the weights alone") {
  Model model = classifier();
  const std::vector<float> before = Tensor(model.weights()[0]).to_vector<float>();
  const std::string path = temporary_dir() + "/trace.json";
  const std::string table = model.profile({.batch_size = 16, .steps = 3, .chrome_trace = path});
  CHECK_THAT(table, Contains("matmul/") && Contains("net/hidden") && Contains("sum of kernels") &&
                        Contains("3 steps"));
  CHECK(Tensor(model.weights()[0]).to_vector<float>() == before);
  const std::vector<std::byte> bytes = io::read_file(path);
  const Config trace = io::parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  CHECK(trace.get<std::vector<ConfigValue>>("traceEvents").size() >= 3 * 5);
}

TEST_CASE("memory_report counts weights, slots and activations before the first step") {
  Model model = classifier();
  const MemoryReport report = model.memory_report({.batch_size = 64});
  const std::size_t weights = (8 * 16 + 16 + 16 * 3 + 3) * 4;
  CHECK(report.weight_bytes == weights);
  CHECK(report.optimizer_bytes == 2 * weights + 8);  // two slots, iteration and learning rate
  CHECK(report.activation_bytes > 64 * 16 * 4);
  CHECK_THAT(report.to_string(), Contains("activations") && Contains("total"));
  CHECK_THAT(error_of<Error>([&] { model.memory_report({.batch_size = 0}); }),
             Contains("batch_size"));
}

TEST_CASE("the check of numerics names the op and the layer of the first NaN") {
  Tensor in = Input({2});
  Tensor x = layers::Dense(2, {.kernel_initializer = "ones", .name = "fine"})(in);
  Model model(
      in, layers::Activation([](const Tensor& t) { return ops::log(t); }, {.name = "logarithm"})(x),
      {.name = "net"});
  set_check_numerics(true);
  const std::string text = error_of<Error>([&] {
    model.predict(ops::ones({1, 2}) * -1.0f, {.verbose = 0});
  });
  set_check_numerics(false);
  CHECK_THAT(text, Contains("ops::log") && Contains("net/logarithm") && Contains("nan"));
}

TEST_CASE("a plan is dumped as text and as DOT after the first run, and an error says so before") {
  Model model = classifier();
  CHECK_THAT(error_of<GraphError>([&] { (void)model.dump_plan(); }),
             Contains("'net' has no plan yet"));
  model.predict(ops::ones({2, 8}), {.verbose = 0});
  CHECK_THAT(model.dump_plan(), Contains("matmul") && Contains("arena"));
  CHECK_THAT(model.dump_plan(true), Contains("digraph plan"));
}
