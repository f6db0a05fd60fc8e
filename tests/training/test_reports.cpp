// Profiles, memory reports, explanations of plans, and the search for the first NaN.
#include <weft/weft.h>

#include <cstdio>
#include <filesystem>

#include "io/atomic_file.hpp"
#include "io/json.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/paths.h"
#include "tests/harness/process.h"

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

TEST_CASE("memory_report for a GPU, also where there is none", "[cpu]") {
  Model model = classifier();
  const MemoryReport here = model.memory_report({.batch_size = 64, .device = "cpu"});
  CHECK(here.activation_bytes == model.memory_report({.batch_size = 64}).activation_bytes);
  CHECK(here.notes.empty());
  const MemoryReport there = model.memory_report({.batch_size = 64, .device = "cuda"});
  CHECK(there.weight_bytes == here.weight_bytes);
  CHECK(there.optimizer_bytes == here.optimizer_bytes);
  CHECK(there.activation_bytes > 64 * 16 * 4);
  CHECK_THAT(error_of<DeviceError>([&] { model.memory_report({.device = "tpu"}); }),
             Contains("no device 'tpu'"));
}

// Hidden: run where the emulated plug-in finds no device.
TEST_CASE("memory_report without a device", "[.]") {
  const MemoryReport report = classifier().memory_report({.batch_size = 64, .device = "cuda"});
  std::fputs(report.to_string().c_str(), stdout);
}

TEST_CASE("memory_report without a device is planned by the plug-in, and without it from the ops",
          "[cpu]") {
  const auto report = [](const std::string& folder) {
    const ProcessResult r = run_process({executable(), "memory_report without a device"},
                                        {.environment = {{"WEFT_DEVICE", "cpu"},
                                                         {"WEFT_CUDA_EMULATED", "1"},
                                                         {"WEFT_EMULATED_DEVICES", "0"},
                                                         {"WEFT_BACKEND_DIR", folder}}});
    INFO(r.err);
    REQUIRE(r.code == 0);
    return r.out;
  };
  const std::string folder = build_dir() + "/lib";
  if (std::filesystem::exists(folder + "/libweft_cuda_emulated.so"))
    CHECK_THAT(report(folder), Contains("Planned for an NVIDIA H200"));
  CHECK_THAT(report("/nowhere"),
             Contains("The workspaces of CUDA's kernels are not counted. cuda: the plug-in "
                      "libweft_cuda_emulated.so was not found in /nowhere."));
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
